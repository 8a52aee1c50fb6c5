// The commands that tk brings, for `tk help` and for did-you-mean.
#pragma once

struct Command {
  const char* name;
  const char* summary;
};

inline constexpr Command kCommands[] = {
    {"demo", "see the main job run: a real diff reviewed by agents under law"},
    {"init", "make a workspace"},
    {"status", "what this workspace is and what is going on in it"},
    {"wot", "workflows: check, run, resume, answer, show"},
    {"repo", "the organisation as XML: new, get, set, validate, compile"},
    {"law", "who may do what, and why: can, explain, actions"},
    {"record", "records and their state machines: new, step, show, list"},
    {"log", "the journal: query and verify"},
    {"config", "each setting with its value and where it comes from"},
    {"explain", "what an error code means"},
};
