#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/provenance_flags.h"
#include "gi/registry/v1/authorization.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

struct GrantFlags {
  std::vector<std::string> names;
  std::string id;
  std::string from, to, effective;
  std::vector<std::string> areas, varieties, goods;
  SourceFlags source;
  DocumentFlags document;
};

struct VerbFlags {
  std::string name;
  std::string from;
  std::string ground;
  DocumentFlags document;
};

absl::StatusOr<const ResourceKind*> Authorizations() { return KindNamed("authorizations"); }

// The day of the grant is the first day it holds on, unless said otherwise.
template <class Request>
absl::Status SetGrantDays(const GrantFlags& flags, v1::Period& validity, Request& request) {
  RETURN_IF_ERROR(SetDate(validity, "from", "--from", flags.from));
  RETURN_IF_ERROR(SetDate(validity, "to", "--to", flags.to));
  return SetDate(request, "effective_from", "--effective", flags.effective.empty() ? flags.from : flags.effective);
}

absl::StatusOr<int> GrantPending(Session& session, const GrantFlags& flags) {
  if (!flags.areas.empty() || !flags.varieties.empty() || !flags.goods.empty() || !flags.id.empty()) {
    return UsageError("the scope and id of a pending authorization are set: correct them first");
  }
  v1::GrantAuthorizationRequest request;
  request.set_name(flags.names[0]);
  RETURN_IF_ERROR(SetGrantDays(flags, *request.mutable_validity(), request));
  RETURN_IF_ERROR(SetBasis(flags.document, request));
  ASSIGN_OR_RETURN(const ResourceKind* kind, Authorizations());
  return Mutate(session, *kind, kind->Method("Grant"), request, session.Say("已授权", "granted"));
}

absl::StatusOr<int> GrantNew(Session& session, const GrantFlags& flags) {
  v1::CreateAuthorizationRequest request;
  v1::Authorization& grant = *request.mutable_authorization();
  ASSIGN_OR_RETURN(*grant.mutable_entity(), session.FindEntity(flags.names[0]));
  ASSIGN_OR_RETURN(*grant.mutable_indication(), session.FindIndication(flags.names[1]));
  request.set_authorization_id(flags.id);
  request.set_granted(true);
  RETURN_IF_ERROR(SetGrantDays(flags, *grant.mutable_validity(), request));
  for (const std::string& area : flags.areas) grant.mutable_scope()->add_area_codes(area);
  for (const std::string& variety : flags.varieties) grant.mutable_scope()->add_varieties(variety);
  for (const std::string& item : flags.goods) grant.mutable_scope()->add_goods(item);
  RETURN_IF_ERROR(SetBasis(flags.document, grant));
  RETURN_IF_ERROR(SetSource(flags.source, grant));
  ASSIGN_OR_RETURN(const ResourceKind* kind, Authorizations());
  return Mutate(session, *kind, kind->Method("Create"), request, session.Say("已授权", "granted"));
}

absl::StatusOr<int> RunGrant(Session& session, const GrantFlags& flags) {
  const bool pending = absl::StartsWith(flags.names[0], "authorizations/");
  if (pending != (flags.names.size() == 1))
    return UsageError("grant ENTITY INDICATION, or grant authorizations/{authorization}");
  return pending ? GrantPending(session, flags) : GrantNew(session, flags);
}

// Sends `request`, which lacks what all verbs have.
absl::StatusOr<int> SendVerb(Session& session, const VerbFlags& flags, const char* method, const char* done,
                             google::protobuf::Message& request) {
  RETURN_IF_ERROR(SetText(request, "name", "NAME", flags.name));
  RETURN_IF_ERROR(SetDate(request, "effective_from", "--from", flags.from));
  RETURN_IF_ERROR(SetEnum(request, "ground", "--ground", flags.ground));
  RETURN_IF_ERROR(SetBasis(flags.document, request));
  ASSIGN_OR_RETURN(const ResourceKind* kind, Authorizations());
  return Mutate(session, *kind, absl::StrCat("gi.registry.v1.AuthorizationService/", method), request, done);
}

template <class Request>
absl::StatusOr<int> RunVerb(Session& session, const VerbFlags& flags, const char* method, const char* done) {
  Request request;
  return SendVerb(session, flags, method, done, request);
}

void AddGrant(CLI::App& app, Command& command) {
  auto flags = std::make_shared<GrantFlags>();
  CLI::App* sub = app.add_subcommand("grant", "Authorize an entity to use a GI, or grant a pending authorization");
  sub->add_option("NAMES", flags->names,
                  "ENTITY (name or code) and INDICATION (name or number), or one authorizations/{authorization}")
      ->required()
      ->expected(1, 2);
  sub->add_option("--from", flags->from, "First day the grant holds")->required();
  sub->add_option("--to", flags->to, "Last day (default: until it is ended)");
  sub->add_option("--effective", flags->effective, "Day of the grant (default: --from)");
  sub->add_option("--id", flags->id, "Id of the new row (default: the server makes one)");
  sub->add_option("--area", flags->areas, "Scope: division code; several with commas")->delimiter(',');
  sub->add_option("--variety", flags->varieties, "Scope: variety; several with commas")->delimiter(',');
  sub->add_option("--goods", flags->goods, "Scope: id of a goods item of the title; several with commas")
      ->delimiter(',');
  AddSourceFlags(*sub, flags->source);
  AddDocumentFlags(*sub, flags->document);
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunGrant(session, *flags); }; });
}

struct ExtendFlags {
  VerbFlags verb;
  std::string to;
};

absl::StatusOr<int> RunExtend(Session& session, const ExtendFlags& flags) {
  v1::ExtendAuthorizationRequest request;
  RETURN_IF_ERROR(SetDate(request, "valid_to", "--to", flags.to));
  return SendVerb(session, flags.verb, "ExtendAuthorization", session.Say("已延期", "extended"), request);
}

struct RefuseFlags {
  VerbFlags verb;
  std::vector<std::string> reasons;
};

absl::StatusOr<int> RunRefuse(Session& session, const RefuseFlags& flags) {
  v1::RefuseAuthorizationRequest request;
  for (const std::string& reason : flags.reasons) request.add_refusal_reasons(reason);
  return SendVerb(session, flags.verb, "RefuseAuthorization", session.Say("已不予授权", "refused"), request);
}

struct LogoFlags {
  VerbFlags verb;
  bool withdraw = false;
};

absl::StatusOr<int> RunLogo(Session& session, const LogoFlags& flags) {
  v1::SetAuthorizationLogoRequest request;
  request.set_permitted(!flags.withdraw);
  const char* done = flags.withdraw ? session.Say("已撤回标志下载许可", "withdrew the logo download of")
                                    : session.Say("已许可下载标志", "permitted the logo download of");
  return SendVerb(session, flags.verb, "SetAuthorizationLogo", done, request);
}

struct ReportFlags {
  VerbFlags verb;
  int32_t year = 0;
  std::string last_used, note;
};

absl::StatusOr<int> RunReport(Session& session, const ReportFlags& flags) {
  v1::ReportAuthorizationUseRequest request;
  v1::UseReport& report = *request.mutable_use_report();
  report.set_year(flags.year);
  report.set_used(!flags.last_used.empty());
  RETURN_IF_ERROR(SetDate(report, "last_used_on", "--last-used", flags.last_used));
  RETURN_IF_ERROR(SetText(report, "note", "--note", flags.note));
  return SendVerb(session, flags.verb, "ReportAuthorizationUse", session.Say("已记录使用报告", "use reported"),
                  request);
}

// The subcommand with what all verbs have; `run` gets its flags.
template <class Flags>
CLI::App* AddVerbCommand(CLI::App& app, Command& command, const char* word, const char* help, const char* from,
                         const std::shared_ptr<Flags>& flags,
                         absl::StatusOr<int> (*run)(Session& session, const Flags& flags)) {
  CLI::App* sub = app.add_subcommand(word, help);
  sub->add_option("NAME", flags->verb.name, "authorizations/{authorization}")->required();
  sub->add_option("--from", flags->verb.from, from)->required();
  AddDocumentFlags(*sub, flags->verb.document);
  sub->callback([flags, run, &command] { command = [flags, run](Session& session) { return run(session, *flags); }; });
  return sub;
}

void AddLifeCommands(CLI::App& app, Command& command) {
  const auto extend = std::make_shared<ExtendFlags>();
  AddVerbCommand(app, command, "extend", "Let an authorization hold longer", "First day that the extension adds",
                 extend, &RunExtend)
      ->add_option("--to", extend->to, "New last day")
      ->required();
  const auto refuse = std::make_shared<RefuseFlags>();
  AddVerbCommand(app, command, "refuse", "Refuse a pending authorization; it is kept with the reasons",
                 "Day of the refusal", refuse, &RunRefuse)
      ->add_option("--because", refuse->reasons, "A reason; may be given several times")
      ->required();
  const auto logo = std::make_shared<LogoFlags>();
  AddVerbCommand(app, command, "logo", "Permit the download of the special sign (专用标志)",
                 "First day of the permission, or without it", logo, &RunLogo)
      ->add_flag("--withdraw", logo->withdraw, "Withdraw the permission instead");
  const auto report = std::make_shared<ReportFlags>();
  CLI::App* sub = AddVerbCommand(app, command, "report-use", "Record a user's yearly report", "Day of the report",
                                 report, &RunReport);
  sub->add_option("--year", report->year, "Year reported on")->required();
  sub->add_option("--last-used", report->last_used, "Last day of use in that year (default: not used)");
  sub->add_option("--note", report->note, "In the user's words");
}

struct Verb {
  const char* word;
  const char* method;
  const char* help;
  const char* done_zh;
  const char* done_en;
};

// A verb that ends or changes an authorization from a day on.
template <class Request>
void AddVerb(CLI::App& app, Command& command, const Verb& verb, bool has_ground) {
  auto flags = std::make_shared<VerbFlags>();
  CLI::App* sub = app.add_subcommand(verb.word, verb.help);
  sub->add_option("NAME", flags->name, "authorizations/{authorization}")->required();
  sub->add_option("--from", flags->from, "First day of the effect")->required();
  if (has_ground) {
    sub->add_option("--ground", flags->ground, "not_to_standard, two_years_unused, own_request or other")->required();
  }
  AddDocumentFlags(*sub, flags->document);
  sub->callback([flags, verb, &command] {
    command = [flags, verb](Session& session) {
      return RunVerb<Request>(session, *flags, verb.method, session.Say(verb.done_zh, verb.done_en));
    };
  });
}

}  // namespace

void AddGrantCommands(CLI::App& app, Command& command) {
  AddGrant(app, command);
  AddLifeCommands(app, command);
  AddVerb<v1::SuspendAuthorizationRequest>(
      app, command, {"suspend", "SuspendAuthorization", "Suspend a granted authorization", "已暂停", "suspended"},
      false);
  AddVerb<v1::ReinstateAuthorizationRequest>(
      app, command,
      {"reinstate", "ReinstateAuthorization", "Let a suspended authorization hold again", "已恢复", "reinstated"},
      false);
  AddVerb<v1::RemoveAuthorizationRequest>(
      app, command, {"remove", "RemoveAuthorization", "End an authorization for good", "已移除", "removed"}, true);
}

}  // namespace gi::client::gictl
