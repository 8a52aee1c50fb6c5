#include "tools/law/verbs.hpp"

int main(int argc, char** argv) {
  using namespace tk::tools::law;
  return tk::cli::main({"law", "who may do what, and why", {can(), explain(), actions()}}, argc, argv);
}
