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
    Action{"run.read", "see a run, its inputs and outputs"},
    Action{"step.run", "carry out a step (asked of the agent whose step it is)"},
    Action{"cast.open", "ask a question of a human"},
    Action{"cast.answer", "answer an open cast"},
    Action{"cast.expire", "take a cast's timeout"},
    Action{"cast.reuse", "take an earlier answer to the same question"},
    Action{"token.issue", "make a token for an agent's step"},
    Action{"token.revoke", "end a token"},
    Action{"log.read", "read the journal"},
};

}  // namespace tk::law
