#include "plugins/agent-review/scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using tk::review::Finding;
using tk::review::mask_secrets;
using tk::review::scan_secrets;
using tk::review::Severity;

namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kAlnum =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// Credentials are made here, so that the tests themselves hold none.
std::string noise(std::size_t length, std::string_view from = kAlnum) {
    static std::uint32_t state = 12345;
    std::string out;
    while (out.size() < length) {
        state = state * 1664525U + 1013904223U;
        out += from[(state >> 16U) % from.size()];
    }
    return out;
}

std::string rule_of(std::string_view path, const std::string& text) {
    const auto found = scan_secrets(path, text);
    return found.size() == 1 ? found[0].rule : "(" + std::to_string(found.size()) + " findings)";
}

}  // namespace

TEST_CASE("credentials are known by their format") {
    struct Sample {
        std::string value, rule;
    };
    const std::vector<Sample> samples{
        {"AKIA" + noise(16, kUpper), "secret-aws-access-key"},
        {"ASIA" + noise(16, kUpper), "secret-aws-access-key"},
        {"ghp_" + noise(36), "secret-github-token"},
        {"ghs_" + noise(36), "secret-github-token"},
        {"github_pat_" + noise(22) + "_" + noise(59), "secret-github-token"},
        {"glpat-" + noise(20), "secret-gitlab-token"},
        {"xoxb-" + noise(12, "123456789") + "-" + noise(24), "secret-slack-token"},
        {"xapp-1-" + noise(40), "secret-slack-token"},
        {"https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/" + noise(24),
         "secret-slack-webhook"},
        {"sk_live_" + noise(24), "secret-stripe-key"},
        {"rk_live_" + noise(24), "secret-stripe-key"},
        {"AIza" + noise(35), "secret-google-api-key"},
        {"ya29." + noise(60), "secret-google-oauth-token"},
        {"sk-" + noise(48), "secret-openai-key"},
        {"sk-proj-" + noise(64), "secret-openai-key"},
        {"sk-ant-api03-" + noise(80), "secret-anthropic-key"},
        {"npm_" + noise(36), "secret-npm-token"},
        {"pypi-AgEIcHlwaS5vcmc" + noise(80), "secret-pypi-token"},
        {"SK" + noise(32, kHex), "secret-twilio-key"},
        {"SG." + noise(22) + "." + noise(43), "secret-sendgrid-key"},
        {"key-" + noise(32, kHex), "secret-mailgun-key"},
        {noise(32, kHex) + "-us12", "secret-mailchimp-key"},
        {"dop_v1_" + noise(64, kHex), "secret-digitalocean-token"},
        {"AccountName=a;AccountKey=" + noise(86) + "==", "secret-azure-storage-key"},
        {"https://a.blob.core.windows.net/c?sv=2020&se=2022&sig=" + noise(43) + "%3D",
         "secret-azure-sas"},
        {"MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ." + noise(27), "secret-discord-token"},
        {"123456789:AA" + noise(33), "secret-telegram-token"},
        {"shpat_" + noise(32, kHex), "secret-shopify-token"},
        {"sq0atp-" + noise(22), "secret-square-token"},
        {"eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoiYWRtaW4ifQ." + noise(43), "secret-jwt"},
        {"AGE-SECRET-KEY-1" + noise(58, kUpper), "secret-age-key"},
        {"hvs." + noise(90), "secret-vault-token"},
        {"dapi" + noise(32, kHex), "secret-databricks-token"},
        {"dp.pt." + noise(43), "secret-doppler-token"},
        {"lin_api_" + noise(40), "secret-linear-key"},
        {"hf_" + noise(34), "secret-huggingface-token"},
        {"nfp_" + noise(36), "secret-netlify-token"},
        {"ATATT3x" + noise(180), "secret-atlassian-token"},
        {"sl." + noise(130), "secret-dropbox-token"},
        {"NRAK-" + noise(27, kUpper), "secret-newrelic-key"},
        {"glsa_" + noise(32) + "_" + noise(8, kHex), "secret-grafana-token"},
        {"PMAK-" + noise(24, kHex) + "-" + noise(34, kHex), "secret-postman-key"},
        {"pscale_tkn_" + noise(43), "secret-planetscale-token"},
        {"postgres://app:" + noise(14) + "@db.prod.internal:5432/x", "secret-url-password"},
        {"Server=db;User Id=sa;Password=" + noise(12) + ";", "secret-connection-string"},
        {"GOCSPX-" + noise(28), "secret-google-oauth-secret"},
        {"rubygems_" + noise(48, kHex), "secret-rubygems-key"},
    };
    for (const Sample& sample : samples) {
        CAPTURE(sample.value);
        CHECK(rule_of("a.py", "x = \"" + sample.value + "\"\n") == sample.rule);
    }
}

TEST_CASE("private keys are found by their body, not by their header") {
    const std::string head = "-----BEGIN RSA PRIVATE KEY-----";
    const std::string body = noise(64);
    CHECK(rule_of("id", head + "\n" + body + "\n-----END RSA PRIVATE KEY-----\n") ==
          "secret-private-key");
    CHECK(rule_of("a.json", "{\"private_key\": \"" + head + "\\n" + body + "\\n\"}") ==
          "secret-private-key");
    CHECK(scan_secrets("a.py", "if text.startswith(\"" + head + "\"): pass").empty());
    CHECK(mask_secrets(head + "\n" + body + "\n").find(body.substr(4)) == std::string::npos);
}

TEST_CASE("literals assigned to credential names are found in every notation") {
    for (const std::string text : {
             "password = \"Tr0ub4dor&3\"",
             "password: str = \"Xk29$mmQ1z\"",
             "const config = { dbPassword: 'Kj8#mP2vL9q' };",
             "\"client_secret\": \"b7e23ec29af22b0b4e41da31e868d572\",",
             "define('DB_PASSWORD', 'pR0d-p4ss!');",
             "#define DB_PASSWORD \"pR0d-p4ss!\"",
             "os.environ[\"API_TOKEN\"] = \"8f7d6s5a4f3g2h1j0k9l\"",
             "pw = os.getenv(\"DB_PASSWORD\", \"prodPass!9\")",
             "const s = process.env.JWT_SECRET || 'kjh3Gd8sKq2lPz';",
             "db.set_password(\"Wint3r2024!\")",
             "<password>Wint3r!2024</password>",
             "if (password == \"Sup3r$ecret9\") {",
         }) {
        CAPTURE(text);
        CHECK(scan_secrets("a.txt", text).size() == 1);
    }
}

TEST_CASE("configuration needs no quotes, code does") {
    CHECK(scan_secrets("prod.env", "DB_PASSWORD=hunter2Prod!\n").size() == 1);
    CHECK(scan_secrets("a.yaml", "- name: DB_PASSWORD\n  value: gh7Kd8sP2\n").size() == 1);
    CHECK(scan_secrets("Dockerfile", "ENV API_TOKEN 8f7d6s5a4f3g2h1j0k9l\n").size() == 1);
    CHECK(scan_secrets("a.py", "password = hunter2Prod\n").empty());
}

TEST_CASE("decoys are left alone") {
    for (const std::string text : {
             "aws = \"AKIAIOSFODNN7EXAMPLE\"",
             "aws_secret_access_key = \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"",
             "api_key = \"your-key-here\"",
             "token = \"xxxxxxxxxxxxxxxxxxxxxxxx\"",
             "token = \"<token>\"",
             "password = \"${DB_PASSWORD}\"",
             "password = \"\"",
             "password = os.environ[\"DB_PASSWORD\"]",
             "def login(user: str, password: str = None): pass",
             "id = \"550e8400-e29b-41d4-a716-446655440000\"",
             "sha = \"da39a3ee5e6b4b0d3255bfef95601890afd80709\"",
             "integrity = \"sha512-9NET910DNaIPngYnLLPeg+Ogzqsi9uM4mSboU5y6p8S5DzMTVEsJZrawi+BoD\"",
             "img = \"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA\"",
             "pattern = r\"(AKIA|ASIA)[A-Z0-9]{16}\"",
             "labels = {\"password\": \"Passwort\", \"forgot_password\": \"Forgot it?\"}",
             "public_key = \"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEr1Zb0Cqz7\"",
             "token = get_token(\"abc123def456\")",
             "<input type=\"password\" name=\"password\" id=\"password-field-1\">",
             "url = \"postgres://user:password@localhost:5432/db\"",
             "url = f\"postgres://{user}:{password}@{host}/db\"",
             "password_hash = \"$2b$12$KIXQJm0nR2a8Qd3b9vE5uOe9T3b8Xn2Jt6Gq5M8lZc7Wb1Yd4Hs2K\"",
             "cache_key = \"user:profile:12345:settings\"",
             "password = \"{{ vault_password }}\"",
             "alphabet = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\"",
             "token_type = \"bearer\"",
             "x = \"sk-learn-style-component-name-for-css-module\"",
             "stripe = \"pk_live_51H8xK2eZvKYlo2Cqwkq8d72hdk2\"",
             "password = r\"^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,}$\"",
         }) {
        CAPTURE(text);
        CHECK(scan_secrets("a.py", text).empty());
    }
}

TEST_CASE("severity follows certainty") {
    const auto severity = [](const std::string& text) {
        const auto found = scan_secrets("a.py", text);
        REQUIRE(found.size() == 1);
        return found[0].severity;
    };
    CHECK(severity("x = 'sk_live_" + noise(24) + "'") == Severity::critical);
    CHECK(severity("x = 'sk_test_" + noise(24) + "'") == Severity::low);
    CHECK(severity("password = 'Tr0ub4dor&3'") == Severity::high);
    CHECK(severity("password = 'changeme'") == Severity::low);
    CHECK(severity("k = '" + noise(64) + "'") == Severity::medium);
}

TEST_CASE("tests and lock files only count what is surely a credential") {
    CHECK(scan_secrets("tests/login.py", "password = 'Tr0ub4dor&3'").empty());
    CHECK(scan_secrets("package-lock.json", "\"token\": \"" + noise(40) + "\"").empty());
    CHECK(scan_secrets("tests/a.py", "k = 'ghp_" + noise(36) + "'").size() == 1);
}

TEST_CASE("a finding never shows the secret") {
    const std::string key = "ghp_" + noise(36);
    const auto found =
        scan_secrets("a.py", "  a = '" + key + "'; password = 'Kj8#mP2vL9q'  # \xC3\xBC\n");
    REQUIRE(found.size() == 2);
    for (const Finding& finding : found) {
        CHECK(finding.excerpt.find(key) == std::string::npos);
        CHECK(finding.excerpt.find("mP2vL9q") == std::string::npos);
        CHECK(finding.excerpt.size() <= 160);
    }
    CHECK(found[0].line == 1);
    CHECK(found[0].column == 8);
    CHECK(found[0].excerpt.starts_with("a = 'ghp_\xE2\x80\xA6'"));
}

TEST_CASE("masking keeps four characters of long values and none of short ones") {
    const std::string key = "ghp_" + noise(36);
    CHECK(mask_secrets("see " + key + " there") == "see ghp_\xE2\x80\xA6 there");
    CHECK(mask_secrets("password = 'Xk29$mQ1z'") == "password = '\xE2\x80\xA6'");
    CHECK(mask_secrets("nothing here") == "nothing here");
    const std::string once = mask_secrets("a " + key + " password = 'Xk29$mQ1zz!88'");
    CHECK(mask_secrets(once) == once);
}

TEST_CASE("excerpts are never cut inside a character") {
    std::string text = "password = 'Tr0ub4dor&3' # ";
    for (int i = 0; i < 200; ++i) text += "\xE2\x82\xAC";
    const auto found = scan_secrets("a.py", text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].excerpt.size() <= 160);
    CHECK(found[0].excerpt.ends_with("\xE2\x82\xAC"));
}

TEST_CASE("hostile texts end, and quickly") {
    for (const std::string_view piece :
         {"sk-", "eyJ.", "password=", "password=\"", "a://b:c", "-----BEGIN PRIVATE KEY-----\n",
          "\"token\":", "\xff", "Bearer ", ":AA", "-us1"}) {
        std::string text;
        for (int i = 0; i < 50000; ++i) text += piece;
        CHECK_NOTHROW(scan_secrets("a.env", text));
        CHECK_NOTHROW(mask_secrets(text));
    }
}

TEST_CASE("headers, salts, netrc lines and base64 in env files are credentials") {
    const std::string begin = "-----BEGIN ";
    const std::string header = begin + "RSA PRIVATE" + " KEY-----";
    CHECK(rule_of("id.conf", header + "\n") == "secret-private-key");
    CHECK(rule_of("a.c", "const char *k = \"" + header + "\\n\"") == "secret-private-key");
    CHECK(scan_secrets("a.py", "if \"" + header + "\" in text:\n    pass\n").empty());
    CHECK(scan_secrets("a.py", "HEADER = \"" + header + "\"\n").empty());
    CHECK(rule_of(".netrc", "machine ftp.acme.io login me password 7hQz" "Lk2-Vt\n") ==
          "secret-password-literal");
    CHECK(rule_of(".env", "JWT_SECRET=" + noise(14) + "/" + noise(12) + "/" + noise(15) + "=\n") ==
          "secret-literal");
    CHECK(rule_of("a.php", "define( 'AUTH_KEY', 'q|4Zp+B{9k<Wd}hR1@v;" "J6m^Xc!yT8~Gu3' );") ==
          "secret-key-literal");
    CHECK(rule_of("a.py", "u = 'https://acme.webhook.office.com/webhookb2/1/IncomingWebhook/" +
                              noise(32, kHex) + "/2'") == "secret-teams-webhook");
    CHECK(scan_secrets("a.py", "u = 'oracle://scott:tiger@localhost/db'").empty());
    CHECK(scan_secrets(".env", "PASSWORD=<your password>\n").empty());
}

TEST_CASE("the values of secrets are handed out for masking, a key's by its lines") {
    using tk::review::secret_values;
    const std::string password = "Tr0ub" "4dor&3x";
    const std::string token = "ghp_" + noise(36);
    const std::string one = noise(64), two = noise(64), three = noise(20);
    const std::string text = "password = '" + password + "'\nt = '" + token + "'\nu = '" + token +
                             "'\npem = \"\"\"-----BEGIN RSA PRIVATE KEY-----\n" + one + "\n" + two +
                             "\n" + three + "\n-----END RSA PRIVATE KEY-----\"\"\"\n";
    const auto values = secret_values("a.py", text);
    REQUIRE(values.size() == 5);
    CHECK(values[0] == std::min(one, two));
    CHECK(values[1] == std::max(one, two));
    CHECK(values[2] == token);
    CHECK(values[3] == three);
    CHECK(values[4] == password);
    CHECK(secret_values("a.py", "x = 1\n").empty());
    const std::string escaped = "k = \"-----BEGIN PRIVATE KEY-----\\n" + one + "\\n" + two +
                                "\\n-----END PRIVATE KEY-----\\n\"\n";
    CHECK(secret_values("a.py", escaped).size() == 2);
}

TEST_CASE("a key's excerpt is the line of its header alone") {
    const std::string body = noise(64) + "\n" + noise(64) + "\n";
    for (const std::string head : {"k = '-----BEGIN PRIVATE KEY-----\n",
                                   "k = \"-----BEGIN PRIVATE KEY-----\\n\"\n  \""}) {
        const auto found = scan_secrets("a.py", head + body + "-----END PRIVATE KEY-----'\n");
        REQUIRE(found.size() == 1);
        CHECK(found[0].line == 1);
        CHECK(found[0].excerpt.starts_with(head.substr(0, 31)));
        CHECK(found[0].excerpt.find(body.substr(0, 4)) == std::string::npos);
        CHECK(found[0].excerpt.size() < 40);
    }
}

TEST_CASE("ports, labels, attribute maps and names of algorithms are no passwords") {
    for (const std::string text : {
             "u = 'ldap://ldap.host.net:1879@x'",
             "u = 'scheme://host:1879@x'",
             "$labels['password'] = 'Contrase\u00F1a';",
             "$labels['password'] = 'Pass-word!?';",
             "$messages = ['password' => 'Contrase\u00F1a', 'new_password' => 'Mot de passe'];",
             "$t['password'] = 'Passwort';",
             "$c['ldap_password'] = 'userPassword=password';",
             "$c['ldap_password'] = 'uid=login,userPassword=password';",
             "$a = $config->get('password_algo', 'md5-crypt');",
             "$a = $config->get('password_x', 'sha512-crypt');",
             "password_scheme_pass = '{SSHA512}'",
         }) {
        CAPTURE(text);
        CHECK(scan_secrets("a.php", text).empty());
    }
    CHECK(scan_secrets("u.py", "u = 'ftp://bob:Xk93pLq2@files.net'").size() == 1);
    CHECK(scan_secrets("lang/es.php", "$x['password'] = 'Clave-secreta!?';").empty());
}

TEST_CASE("randomness in comments, runs and vectors says nothing") {
    const auto literal = [] { return "'" + noise(64) + "'"; };
    CHECK(scan_secrets("a.js", "  // k = " + literal() + "\n").empty());
    CHECK(scan_secrets("a.js", "  * k = " + literal() + "\n").empty());
    std::string run = "k = [\n";
    for (int i = 0; i < 6; ++i) run += "  " + literal() + ", " + literal() + ",\n";
    CHECK(scan_secrets("a.js", run).size() == 2);
    CHECK(scan_secrets("crypto/vectors/a.js", "k = " + literal()).empty());
    CHECK(scan_secrets(".pc/one/a.js", "k = " + literal()).empty());
    CHECK(scan_secrets("a.js", "k = " + literal() + "\n\nm = " + literal() + "\n").size() == 2);
}

TEST_CASE("passwords in SQL and on command lines are found") {
    const std::string value = "Xk93" "pLq2";
    for (const std::string& text : std::vector<std::string>{
             "CREATE USER 'app'@'%' IDENTIFIED BY '" + value + "';",
             "ALTER USER app IDENTIFIED WITH some_plugin BY '" + value + "';",
             "q = \"GRANT ALL ON d.* TO u IDENTIFIED BY '" + value + "'\"",
             "mysql -u root -p" + value + " shop",
             "run('mysqldump -uroot -p" + value + " shop')",
             "run('mysqldump --password=" + value + " shop')",
             "curl -s -u admin:" + value + " https://h/x",
             "curl --user 'admin:" + value + "' https://h/x",
             "wget --user=a --password=" + value + " https://h/x",
         }) {
        CAPTURE(text);
        const auto found = scan_secrets("a.py", text);
        REQUIRE(found.size() == 1);
        CHECK(found[0].excerpt.find(value) == std::string::npos);
        CHECK(tk::review::secret_values("a.py", text) == std::vector<std::string>{value});
    }
    for (const std::string text : {
             "IDENTIFIED BY '$password'", "IDENTIFIED BY '%s'", "mysql -u root -p$PASS shop",
             "mysql -u root -p shop", "ssh -p2222 host", "curl -u \"$USER:$PASS\" https://h/x",
             "mysql --port=3306", "made by 'Xk93pLq2'",
         }) {
        CAPTURE(text);
        CHECK(scan_secrets("run.sh", text).empty());
    }
    CHECK(rule_of("a.php", "$config['des_key'] = 'vendor-!24By" "teDESkey*Str';") ==
          "secret-key-literal");
    CHECK(scan_secrets("a.php", "$x['cache_key'] = 'vendor-!24ByteDESkey*Str';").empty());
    CHECK(scan_secrets("a.php", "$x['menu_key'] = 'user-profile-settings-2';").empty());
}
