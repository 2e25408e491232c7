#include "client/gictl/gictl.h"

#include <algorithm>
#include <istream>
#include <ostream>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/render.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

void AddGlobalFlags(CLI::App& app, GlobalFlags& flags) {
  app.add_option("--server", flags.server, "Server (default: $GICTL_SERVER or 127.0.0.1:50155)");
  app.add_option("--ca", flags.ca_file, "PEM file of the certificates the server is checked against; turns on TLS");
  app.add_option("--cert", flags.cert_file, "PEM file of the client's certificate");
  app.add_option("--key", flags.key_file, "PEM file of its private key");
  app.add_option("--output", flags.output, "text or json")->check(CLI::IsMember({"text", "json"}));
  app.add_option("--lang", flags.lang, "zh or en (default: zh if $LANG is Chinese)")
      ->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--user", flags.user, "Who acts: a pseudonymous id");
  app.add_option("--on-behalf-of", flags.on_behalf_of, "For whom: a pseudonymous id");
  app.add_option("--role", flags.role, "Role in the survey: township or district (default: any you have)")
      ->check(CLI::IsMember({"township", "district"}));
  app.add_option("--case-id", flags.case_id, "The case it belongs to");
  app.add_option("--reason", flags.reason, "Why (changes need this or --case-id)");
  app.add_option("--timeout", flags.timeout, "How long to wait in all, e.g. 500ms or 10s");
  app.add_option("--at-revision", flags.at_revision, "Read the register at this revision");
  app.add_option("--at-time", flags.at_time, "Read what the register said at this instant");
  app.add_option("--at-date", flags.at_date, "Read what the register said at the end of this day");
  app.add_option("--request-id", flags.request_id, "Repeat the change that was sent with this id");
  app.add_option("--etag", flags.etag, "Change the row only as it was read (default: as it is)");
  app.add_flag("--dry-run", flags.dry_run, "Check a change and make none");
}

absl::StatusOr<absl::Duration> ParseTimeout(const std::string& text) {
  absl::Duration timeout;
  if (text.empty()) return timeout;
  double seconds = 0;
  if (absl::SimpleAtod(text, &seconds)) timeout = absl::Seconds(seconds);
  const bool parsed = timeout != absl::ZeroDuration() || absl::ParseDuration(text, &timeout);
  if (!parsed || timeout <= absl::ZeroDuration() || timeout > absl::Hours(24)) {
    return UsageError("--timeout needs a duration like 500ms or 10s");
  }
  return timeout;
}

Language ChooseLanguage(const GlobalFlags& flags, const Environment& environment) {
  if (flags.lang.empty()) {
    return absl::StartsWith(environment.getenv("LANG"), "zh") ? Language::kChinese : Language::kEnglish;
  }
  return flags.lang == "zh" ? Language::kChinese : Language::kEnglish;
}

absl::Status ReadTls(const GlobalFlags& flags, ChannelOptions& channel) {
  if (flags.ca_file.empty() && flags.cert_file.empty() && flags.key_file.empty()) return absl::OkStatus();
  if (flags.cert_file.empty() != flags.key_file.empty()) return UsageError("--cert and --key belong together");
  TlsOptions tls;
  if (!flags.ca_file.empty()) {
    ASSIGN_OR_RETURN(tls.root_ca, ReadWholeFile(flags.ca_file));
  }
  if (!flags.cert_file.empty()) {
    ASSIGN_OR_RETURN(tls.client_cert, ReadWholeFile(flags.cert_file));
    ASSIGN_OR_RETURN(tls.client_key, ReadWholeFile(flags.key_file));
  }
  channel.tls = std::move(tls);
  return absl::OkStatus();
}

CallOptions MakeCallOptions(const GlobalFlags& flags, absl::Duration timeout, Language language) {
  CallOptions options;
  options.timeout = timeout;
  options.user = flags.user;
  options.case_id = flags.case_id;
  options.on_behalf_of = flags.on_behalf_of;
  options.role = flags.role;
  options.language = language == Language::kChinese ? "zh-CN" : "en";
  return options;
}

absl::StatusOr<int> RunCommand(const GlobalFlags& flags, const Command& command, Language language,
                               const Environment& environment) {
  ASSIGN_OR_RETURN(const absl::Duration timeout, ParseTimeout(flags.timeout));
  ConnectionOptions options;
  const std::string server = flags.server.empty() ? environment.getenv("GICTL_SERVER") : flags.server;
  if (!server.empty()) options.channel.target = server;
  RETURN_IF_ERROR(ReadTls(flags, options.channel));
  const std::shared_ptr<Connection> connection = environment.connect(options);
  Session session{*connection,
                  flags,
                  MakeCallOptions(flags, timeout, language),
                  language,
                  environment.out,
                  environment.err,
                  environment.in,
                  environment.terminal};
  return command(session);
}

void PrintError(const absl::Status& status, Language language, std::ostream& err) {
  bool first = true;
  for (const std::string& line : ErrorLines(status, language)) {
    err << (first ? "gictl: " : "") << line << "\n";
    first = false;
  }
}

}  // namespace

int RunGictl(const std::vector<std::string>& args, const Environment& environment) {
  GlobalFlags flags;
  Command command;
  CLI::App app(
      "Command line tool of the registry of geographical indications.\n"
      "Exit codes: 0 done or authorized, 1 not authorized, 2 undecided, 3 usage, 4 refused, 5 server failed.",
      "gictl");
  app.fallthrough();
  app.require_subcommand(1);
  AddGlobalFlags(app, flags);
  AddCheckCommand(app, command);
  AddReadCommands(app, command);
  AddSearchCommands(app, command);
  AddCreateCommands(app, command);
  AddGrantCommands(app, command);
  AddEventCommands(app, command);
  AddImportCommands(app, command);
  AddImportRowsCommands(app, command);
  AddExportCommand(app, command);
  AddArchiveCommand(app, command);
  AddLoadCommand(app, command);
  AddSurveyCommands(app, command);
  AddProductCommands(app, command);
  AddApplicationCommands(app, command);
  AddDeadlineCommands(app, command);
  AddIndicatorCommands(app, command);
  try {
    // CLI11 takes the arguments in reverse.
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, environment.out, environment.err) == 0 ? kSuccess : kUsageError;
  }
  const Language language = ChooseLanguage(flags, environment);
  absl::StatusOr<int> exit_code = RunCommand(flags, command, language, environment);
  if (exit_code.ok() && !environment.out.flush()) exit_code = CannotWriteOutput();
  if (exit_code.ok()) return *exit_code;
  PrintError(exit_code.status(), language, environment.err);
  const int code = ExitCode(exit_code.status());
  if (flags.output == "json") environment.out << ErrorJson(exit_code.status(), code);
  return code;
}

int RunGictl(const std::vector<std::string>& args, Connection& connection, std::ostream& out, std::ostream& err,
             std::istream& in) {
  // Shares the connection without owning it.
  const std::shared_ptr<Connection> borrowed(std::shared_ptr<void>(), &connection);
  return RunGictl(args, {[&](const ConnectionOptions&) { return borrowed; }, [](const char*) { return std::string(); },
                         out, err, in, false});
}

}  // namespace gi::client::gictl
