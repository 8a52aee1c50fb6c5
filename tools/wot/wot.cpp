#include "tools/wot/verbs.hpp"

int main(int argc, char** argv) {
  using namespace tk::tools::wot;
  return tk::cli::main({"wot", "workflows of agents and humans",
                        {run(), resume(), answer(), inbox(), show(), list(), check(), graph()}}, argc, argv);
}
