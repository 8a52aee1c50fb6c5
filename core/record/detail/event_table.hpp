// The names of the catalogue with their layer and meaning. `input` is the shape of what the row's payload holds under
// `input`; it is empty where a definition of tk says it (core/record/events.cpp).
#pragma once

#include <string_view>

namespace tk::record::detail {

struct EventName {
  std::string_view name;
  int layer;
  std::string_view entity, meaning, input;
};

// The types of entities, each with created, updated, deleted and state_changed.
struct EntityName {
  std::string_view type;
  int layer;
};
inline constexpr EntityName kEntityNames[] = {
    {"galaxy", 6}, {"system", 6}, {"space", 6}, {"repo", 6}, {"user", 6}, {"agent", 6}, {"group", 3}, {"role", 3},
    {"rule", 3}, {"resource", 3}, {"grant", 3}, {"borrow", 3}, {"invitation", 3}, {"token", 3}, {"profile", 5},
    {"integration", 5}, {"capability", 5}, {"computer", 6}, {"network", 6}, {"service", 6}, {"process", 6},
    {"session", 1}, {"credential", 6}, {"secret", 6}, {"sshkey", 6}, {"flow", 4}, {"action", 3}, {"task", 4},
    {"plan", 4}, {"artifact", 4}, {"template", 4}, {"hive", 2}, {"topic", 2}, {"table", 2}, {"skill", 4},
    {"mcp-server", 5}, {"composed-tool", 5}, {"lobby", 4}, {"component", 1}, {"swarm", 2}, {"sudo", 6}, {"directory", 6}};

inline constexpr EventName kEventNames[] = {
    // ---- 1 interface
    {"journal.transition", 1, "", "a row, as the stream of the journal tells a page of it", "{seq: int, hash: text}"},
    {"journal.update", 1, "", "the head of the journal moved, as a page hears of it", "{seq: int, hash: text}"},
    {"component.removed", 1, "component", "a component was taken off the page", "{}"},
    {"component.participant_joined", 1, "component", "somebody joined a component", "{participant: text}"},
    {"component.participant_left", 1, "component", "somebody left a component", "{participant: text}"},
    {"component.stack", 1, "component", "the order of components changed", "{order: [text]}"},
    {"user.terminals.opened", 1, "session", "a terminal of a user was opened", "{terminal: text}"},
    {"user.terminals.closed", 1, "session", "a terminal of a user was closed", "{terminal: text}"},
    {"user.terminals.updated", 1, "session", "a terminal's size or title changed", "{terminal: text, title?: text, columns?: int, rows?: int}"},
    {"user.terminals.snapshot", 1, "session", "what a terminal showed was kept", "{terminal: text, content: json}"},
    {"session.discovered", 1, "session", "a terminal session was found", "{kind: text, name: text}"},
    {"session.activated", 1, "session", "somebody went into a session", "{}"},
    {"session.suspended", 1, "session", "a session was put aside", "{}"},
    {"tmux_session.created", 1, "session", "a tmux session was made", "{name: text}"},
    {"tmux_session.killed", 1, "session", "a tmux session was ended", "{name: text}"},
    {"tmux_session.hibernated", 1, "session", "a tmux session was kept and its processes ended", "{name: text}"},
    {"tmux_session.resumed", 1, "session", "a kept tmux session was started again", "{name: text}"},
    {"file.created", 1, "artifact", "a file came to be in a shared folder", "{path: text, sha256?: text}"},
    {"file.modified", 1, "artifact", "a file of a shared folder changed", "{path: text, sha256?: text}"},
    {"file.deleted", 1, "artifact", "a file of a shared folder is gone", "{path: text}"},
    {"file.content.update", 1, "artifact", "an edit of a file under common editing", "{path: text, update: text}"},
    {"file.collab.activated", 1, "artifact", "a file came under common editing", "{path: text}"},
    // ---- 2 hive
    {"hive.cast", 2, "hive", "a signal was cast into a hive", "{signal: text, value: json}"},
    {"hive.attached", 2, "hive", "an agent was attached to a running loop", "{agent: text, loop: text}"},
    {"hive.detached", 2, "hive", "an agent was taken off a running loop", "{agent: text, loop: text}"},
    {"node.online", 2, "computer", "a node of the mesh came up", "{node: text}"},
    {"node.offline", 2, "computer", "a node of the mesh went away", "{node: text}"},
    {"node.heartbeat", 2, "computer", "a node of the mesh is alive", "{node: text, load?: number}"},
    // ---- 3 law and journal
    {"transition.denied", 3, "", "law did not let a transition happen", "{*: json}"},
    {"transition.failed", 3, "", "a transition was refused: not legal here, unfit input, an unmet guard", "{*: json}"},
    {"transition.parked", 3, "", "a transition waits until its obligations are met", "{*: json}"},
    {"acl.denied", 3, "", "law's no to something that is no transition", ""},
    {"entity.reverted", 3, "", "a declaration could not be put into git and was taken back", ""},
    {"token.issued", 3, "", "a token, or a family of refresh tokens, was made", ""},
    {"token.refreshed", 3, "", "a refresh token was used and its successor given", ""},
    {"token.revoked", 3, "", "a token, a family, or every right of an actor was ended", ""},
    {"standing.created", 3, "", "an actor's standing is kept from here on", ""},
    {"actor.halted", 3, "", "an actor was stopped at its next decision", ""},
    {"actor.resumed", 3, "", "a halted actor may go on", ""},
    {"invitation.accepted", 3, "", "an invitation was used", ""},
    {"invitation.expired", 3, "", "an invitation was not used in time", ""},
    {"invitation.withdrawn", 3, "", "an invitation was taken back", ""},
    {"invitation.reverted", 3, "", "the user of an accepted invitation could not be put into git: it is open again", ""},
    {"borrow.granted", 3, "", "a lease began", ""},
    {"borrow.used", 3, "", "a lease was used once", ""},
    {"borrow.ended", 3, "", "a lease ended: returned, revoked, spent or over", ""},
    {"borrow.reviewed", 3, "", "a lease that was taken by breaking the glass was reviewed", ""},
    {"obligation.opened", 3, "", "an item waits in the inbox", ""},
    {"obligation.approved", 3, "", "somebody approved an item", ""},
    {"obligation.denied", 3, "", "somebody denied an item", ""},
    {"obligation.met", 3, "", "the approvals of an item were used for what they were given for", ""},
    {"obligation.lapsed", 3, "", "an item cannot be carried out any more", ""},
    {"obligation.expired", 3, "", "nobody answered an item in time: the answer is no", ""},
    {"law.reviewed", 3, "", "somebody attests that the grants were looked through", ""},
    {"key.created", 3, "", "a signing key was made and waits for its turn", ""},
    {"key.rotated", 3, "", "a signing key took over", ""},
    {"key.retired", 3, "", "a signing key signs no more; what it signed counts until a time", ""},
    {"log.pruned", 3, "", "payloads whose time is over were removed", ""},
    {"subject.keyed", 3, "", "a key for somebody's personal data was made", ""},
    {"subject.erased", 3, "", "the key of somebody's personal data was destroyed", ""},
    {"subject.exported", 3, "", "somebody's personal data was given out", ""},
    // ---- 4 agents and workflows
    {"transition.forced", 4, "", "a debugger put a record into a state without its machine", "{state: text}"},
    {"wot.started", 4, "", "a workflow began", ""},
    {"wot.paused", 4, "", "a run waits for a human", ""},
    {"wot.resumed", 4, "", "a run goes on", ""},
    {"wot.stopped", 4, "", "a run was parked: its steps and their programs ended", ""},
    {"wot.iterated", 4, "", "a round of feedback ended: go on or stop, and by what measure", ""},
    {"wot.finished", 4, "", "a run ended: done, failed, rejected or timed out", ""},
    {"wot.forked", 4, "run", "a run was cloned at a node", "{from: text, node: text}"},
    {"wot.converged", 4, "run", "a run's measure stopped moving", "{measure: number}"},
    {"wot.graph", 4, "run", "the graph of a run, as it is shown", "{nodes: [json], edges: [json]}"},
    {"box.started", 4, "", "a program of an agent is about to be started in a box", ""},
    {"box.connected", 4, "", "law lets a boxed program reach a host; once for each", ""},
    {"box.ended", 4, "", "a boxed program ended", ""},
    {"box.refused", 4, "", "a box could not be had as it is declared: nothing was started", ""},
    {"step.started", 4, "", "an agent was started for a step", ""},
    {"step.completed", 4, "", "a step gave its output", ""},
    {"step.failed", 4, "", "a step ended without an output", ""},
    {"step.retried", 4, "", "a step is tried once more", ""},
    {"cast.opened", 4, "", "a question was put to a human", ""},
    {"cast.answered", 4, "", "a human answered", ""},
    {"cast.expired", 4, "", "nobody answered in time: the declared default was taken", ""},
    {"cast.reused", 4, "", "the same question was asked again and the answer used again", ""},
    {"agent.thinking", 4, "agent", "an agent works on its turn", "{session: text, text?: text}"},
    {"agent.message", 4, "agent", "a message to an agent", "{session: text, text: text}"},
    {"agent.response", 4, "agent", "an agent's answer", "{session: text, text: text, tokens?: int}"},
    {"agent.error", 4, "agent", "an agent's turn failed", "{session: text, error: text}"},
    {"rlm.iteration", 4, "run", "one cycle of analysing, executing and enriching", "{n: int, phase: text}"},
    {"rlm.converged", 4, "run", "the cycles changed nothing any more", "{n: int}"},
    {"lobby.joined", 4, "lobby", "somebody came into a lobby", "{participant: text}"},
    {"lobby.left", 4, "lobby", "somebody left a lobby", "{participant: text}"},
    {"context.deleted", 4, "space", "a context was taken away", "{path: text}"},
    {"context.file_changed", 4, "space", "a file that a context is composed of changed", "{path: text}"},
    {"context.access.granted", 4, "space", "somebody may read a context", "{actor: text}"},
    {"context.access.revoked", 4, "space", "somebody may not read a context any more", "{actor: text}"},
    // ---- 5 MCP
    {"acl.allowed", 5, "", "law's yes to something that is no transition and that no other row tells of", "{action: text, resource: text}"},
    {"mcp.called", 5, "integration", "a tool was called: on, borrowed or denied", "{tool: text, mode: text, arguments?: json}"},
    {"mcp.tools_changed", 5, "integration", "the tools that somebody sees changed", "{added: [text], removed: [text]}"},
    {"active_profile_changed", 5, "profile", "somebody took on another profile", "{from?: text, to: text}"},
    // ---- 6 organisation
    {"space.synced", 6, "space", "a space's declaration was brought to where it holds", "{commit: text}"},
    {"space.shared", 6, "space", "a space was opened to somebody", "{with: text}"},
    {"space.unshared", 6, "space", "a space was closed to somebody", "{with: text}"},
    {"computer.discovered", 6, "computer", "a machine was found", "{machine: text, hostname: text}"},
    {"computer.decommissioned", 6, "computer", "a machine was taken out of use", "{machine: text}"},
    {"user.activated", 6, "user", "an account was opened", "{uid?: int}"},
    {"user.suspended", 6, "user", "an account was locked", "{uid?: int}"},
    {"user.removed", 6, "user", "an account was removed", "{uid?: int}"},
    {"secret.used", 6, "secret", "a secret was used and not read", "{as: text, by: text}"},
    {"secret.revealed", 6, "secret", "a person read a secret, and why", ""},
    {"secret.rotated", 6, "secret", "a secret got a new value", "{version: int}"},
    {"vault.created", 6, "vault", "the vault was made", ""},
    {"vault.changed", 6, "vault", "secrets are sealed to others, or signed anew", ""},
    {"provision.planned", 6, "provision", "what would be changed on a computer", ""},
    {"provision.applying", 6, "provision", "a plan is about to be carried out", ""},
    {"provision.applied", 6, "provision", "a plan was carried out", ""},
    {"provision.failed", 6, "provision", "a plan could not be carried out; nothing was changed", ""},
    {"provision.drifted", 6, "provision", "a computer is not as it was left", ""},
};

}  // namespace tk::record::detail
