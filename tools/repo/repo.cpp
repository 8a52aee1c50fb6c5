#include "tools/repo/verbs.hpp"

int main(int argc, char** argv) {
  using namespace tk::tools::repo;
  return tk::cli::main({"repo", "the organisation as XML in git",
                        {make(), get(), set(), validate(), compile()}}, argc, argv);
}
