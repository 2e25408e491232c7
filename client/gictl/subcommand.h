// How a command with flags of its own is added.
#ifndef GI_CLIENT_GICTL_SUBCOMMAND_H_
#define GI_CLIENT_GICTL_SUBCOMMAND_H_

#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "client/gictl/session.h"

namespace gi::client::gictl {

// A subcommand that runs `run(session, flags)`, and its flags, which the caller binds to options.
template <class Flags, class Run>
std::pair<CLI::App*, std::shared_ptr<Flags>> AddSubcommand(CLI::App& app, Command& command, const char* word,
                                                           const char* help, Run run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* sub = app.add_subcommand(word, help);
  sub->callback([=, &command] { command = [=](Session& session) { return run(session, *flags); }; });
  return {sub, flags};
}

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_SUBCOMMAND_H_
