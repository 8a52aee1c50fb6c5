// The table of actions that tk itself asks law about. Actions of a workspace's own records come from
// their definitions; an action in neither is an error, never a silent deny.
#pragma once

#include <array>
#include <string_view>

namespace tk::law {

struct Action {
  std::string_view name, what;
};

inline constexpr std::array kActions = {
    Action{"actor.act-as", "speak as this actor (--as)"},
    Action{"entity.read", "read the declaration of this entity"},
    Action{"entity.new", "declare an entity"},
    Action{"entity.update", "change the declaration of an entity"},
    Action{"entity.suspend", "suspend an entity"},
    Action{"entity.activate", "make a suspended or draft entity active"},
    Action{"entity.retire", "retire an entity for good"},
    Action{"run.start", "start a workflow"},
    Action{"run.advance", "drive a run on: resume, wait, finish"},
    Action{"run.stop", "park a run: its steps end, and it goes on only when somebody resumes it"},
    Action{"run.read", "see a run, its inputs and outputs"},
    Action{"step.run", "carry out a step (asked of the agent whose step it is)"},
    Action{"cast.open", "ask a question of a human"},
    Action{"cast.answer", "answer an open cast"},
    Action{"cast.expire", "take a cast's timeout"},
    Action{"cast.reuse", "take an earlier answer to the same question"},
    Action{"token.issue", "make a token for this actor, or rotate the signing keys"},
    Action{"token.revoke", "end a token, or every token of this actor"},
    Action{"invitation.new", "invite somebody into a role"},
    Action{"invitation.withdraw", "withdraw an invitation"},
    Action{"borrow.request", "ask to borrow this lender's right"},
    Action{"borrow.break-glass", "take this lender's right without asking, to be reviewed afterwards"},
    Action{"borrow.revoke", "end a lease (its lender always may)"},
    Action{"borrow.review", "review a lease that was taken by breaking the glass"},
    Action{"actor.halt", "stop this actor at its next decision"},
    Action{"actor.resume", "let a halted actor go on"},
    Action{"subject.erase", "destroy the key of somebody's personal data"},
    Action{"subject.export", "read somebody's personal data"},
    Action{"log.read", "read the journal"},
    Action{"log.checkpoint", "sign and anchor the journal's tree"},
    Action{"log.prune", "remove payloads whose time is over"},
    Action{"provision.plan", "make a plan of accounts for a computer, or look for drift"},
    Action{"provision.apply", "carry out a plan of accounts"},
    Action{"box.run", "run a program in a box of this profile (asked of the agent)"},
    Action{"box.weaken", "run a box of this profile though a layer of it is missing"},
    Action{"box.connect", "reach this host from a box: host:GALAXY/NAME/PORT"},
    Action{"box.read", "see this folder in a box: a directory entity, or workspace:GALAXY/tree"},
    Action{"box.write", "write into this folder in a box"},
    Action{"secret.use", "have a program get this secret, without reading it"},
    Action{"secret.read", "read this secret (tk vault reveal)"},
    Action{"secret.rotate", "give this secret another value"},
    Action{"vault.manage", "make the vault, say whom secrets are sealed to, seal and sign them anew"},
    Action{"law.review", "attest that the grants were looked through"},
};

}  // namespace tk::law
