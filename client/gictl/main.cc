#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "client/gictl/gictl.h"

int main(int argc, char** argv) {
  using gi::client::gictl::Environment;
  const auto getenv = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const Environment environment{gi::client::MakeConnection, getenv, std::cout, std::cerr, std::cin,
                                isatty(STDERR_FILENO) == 1};
  return gi::client::gictl::RunGictl(std::vector<std::string>(argv + 1, argv + argc), environment);
}
