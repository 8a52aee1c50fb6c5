#include "tools/vault/change_verbs.hpp"

#include "help/vault.hpp"
#include "tools/session/session.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {

cli::VerbSpec init_verb() {
  return {
      "init",
      "make the vault of this workspace, or this workspace's key to one",
      {},
      {{"trust", "SIGNER",
        "the vault is signed by somebody new: take them, and those that they name, as who may "
        "sign"},
       kAsOption},
      {{"tk vault init", "a key (0600, in .tk/keys), an empty signed manifest, git's merge driver"},
       {"tk vault init --json", "in a clone: the recipient to be added by who has a key"}},
      help::k_init,
      run_init,
      "{recipient: text, signer: text, key: text, made: bool, opens: bool}",
      vault_values};
}

cli::VerbSpec set_verb() {
  return {"set",
          "give a secret its value, from standard input",
          {{"NAME", "db-pw, or acme.web/db-pw"}},
          {{"context", "PATH", "where a new one stands: acme.web (default: workspace.context)"},
           {"mode", "MODE", "how it may be used", {"on", "off", "borrow"}},
           {"env", "VARIABLE", "the variable that it is in (default: its name in capitals)"},
           {"rotate-after", "DURATION", "how old the value may get: 90d"},
           {"tool", "FILE",
            "of mode borrow: the only program that gets it, as it is now (its SHA-256 is kept)"},
           {"tool-args", "WORDS", "its arguments; {name} is a parameter of who borrows"},
           {"tool-host", "NAME/PORT", "that the tool may reach", {}, true},
           {"tool-profile", "NAME", "the box profile that the tool runs in"},
           {"keep", "", "keep the value: only how it may be used changes"},
           {"keep-newline", "", "do not take a newline at the end away"},
           {"short", "", "a value that is too short to be masked in what a program writes"},
           kAsOption},
          {{"tk vault set db-pw < password.txt",
            "sealed to the recipients of the vault; tk itself never holds it"},
           {"tk vault set key --mode borrow --tool /opt/deploy --tool-args '--to {host}' < key.pem",
            "lent to one program only"},
           {"tk vault set db-pw --keep --mode off", "nobody may use it from the next decision on"}},
          help::k_set,
          run_set,
          "{ref: text, version: int, mode: text, file: text, seq: int}",
          vault_values};
}

cli::VerbSpec rotate_verb() {
  return {"rotate",
          "seal secrets anew to the recipients of now",
          {{"NAME", "those alone (default: all)", false, true}},
          {kAsOption},
          {{"tk vault rotate", "after a merge that brought recipients and secrets together"},
           {"tk vault rotate db-pw", "one of them; a new value it gets by tk vault set"}},
          help::k_rotate,
          run_rotate,
          "{sealed: int, seq: int|null}",
          vault_values};
}

cli::VerbSpec recipients_verb() {
  return {
      "recipients",
      "whom secrets are sealed to",
      {{"DEED", "what to do", true, false, {"add", "rm", "list"}},
       {"RECIPIENT", "a public key of age: age1…", false}},
      {{"signer", "KEY", "may set secrets too: the signer that tk vault init printed there"},
       kAsOption},
      {{"tk vault recipients add age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        "every secret is sealed anew, in one commit"},
       {"tk vault recipients rm age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        "what they knew must get other values: tk vault audit"}},
      help::k_recipients,
      run_recipients,
      "[{recipient: text, signer: text|null, former: bool, reads: int}] | {recipient: text, "
      "recipients: int, sealed: int, must_rotate: int, seq: int}",
      vault_values};
}

cli::VerbSpec audit_verb() {
  return {"audit",
          "which secrets must get another value, and what nobody signed",
          {},
          {},
          {{"tk vault audit",
            "exit 0 when there is nothing to do, 1 when values must be changed, 8 when something "
            "was tampered with"},
           {"tk vault audit --json", "each finding with its mend"}},
          help::k_audit,
          run_audit,
          "{ok: bool, secrets: int, findings: [{kind: "
          "'must-rotate'|'not-sealed'|'overdue'|'integrity', ref: text, why: text, mend: text}]}",
          vault_values};
}

cli::VerbSpec sign_verb() {
  return {
      "sign",
      "sign what is declared, after a merge or a change by hand",
      {},
      {{"accept", "", "also what differs from what was signed last, as it is shown without this"},
       kAsOption},
      {{"tk vault sign",
        "what differs from what was signed; signs where nothing does (a merge without a key)"},
       {"tk vault sign --accept",
        "what was shown is right: an older value that was put back, a conflict that was decided"}},
      help::k_sign,
      run_sign,
      "{signed: bool, differences: [text], seq: int|null}",
      vault_values};
}

cli::VerbSpec merge_verb() {
  return {"merge",
          "git's merge driver for secrets: a conflict only where both sides set the same one",
          {{"BASE", "the common base (%O)"},
           {"OURS", "our side, and where the result goes (%A)"},
           {"THEIRS", "their side (%B)"},
           {"PATH", "whose file it is (%P)"}},
          {},
          {{"tk vault merge base.xml ours.xml theirs.xml galaxies/acme/secrets/db-pw.xml",
            "by hand: the result is in ours.xml"},
           {"git merge feature",
            "git calls it: tk vault init put it into .git/config and .gitattributes"}},
          help::k_merge,
          run_merge,
          "{path: text, conflicts: [text]}",
          vault_values};
}

}  // namespace tk::tools::vault_tool
