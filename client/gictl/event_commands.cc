#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/provenance_flags.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct RecordFlags {
  std::string name;
  std::string file;
  std::string kind, effective, announced, received, law, term_end, grace_end, new_name, new_holder, successor;
  std::vector<std::string> items;
  DocumentFlags document;
};

// The request that records an event of this resource; a usage error for kinds whose events are made by verbs.
absl::StatusOr<std::unique_ptr<Message>> NewRecordRequest(const ResourceKind& kind) {
  if (kind.singular == "entity") return std::unique_ptr<Message>(std::make_unique<v1::RecordEntityEventRequest>());
  if (kind.singular == "indication")
    return std::unique_ptr<Message>(std::make_unique<v1::RecordIndicationEventRequest>());
  return UsageError("events are recorded for entities/… and indications/…; see also gictl application --help");
}

absl::Status FillEvent(const Session& session, const RecordFlags& flags, Message& event) {
  if (!flags.file.empty()) {
    ASSIGN_OR_RETURN(const std::string json, session.ReadFile(flags.file));
    RETURN_IF_ERROR(ParseJson(json, event));
  }
  RETURN_IF_ERROR(SetEnum(event, "kind", "--kind", flags.kind));
  RETURN_IF_ERROR(SetDate(event, "effective_from", "--effective", flags.effective));
  RETURN_IF_ERROR(SetDate(event, "announced_on", "--announced", flags.announced));
  RETURN_IF_ERROR(SetDate(event, "received_on", "--received", flags.received));
  RETURN_IF_ERROR(SetEnum(event, "law_version", "--law", flags.law));
  RETURN_IF_ERROR(SetDate(event, "term_end", "--term-end", flags.term_end));
  RETURN_IF_ERROR(SetDate(event, "grace_end", "--grace-end", flags.grace_end));
  RETURN_IF_ERROR(SetText(event, "new_name", "--new-name", flags.new_name));
  RETURN_IF_ERROR(SetText(event, "new_holder", "--new-holder", flags.new_holder));
  RETURN_IF_ERROR(SetText(event, "successor", "--successor", flags.successor));
  const FieldDescriptor* items = FindField(event, "items");
  if (items == nullptr && !flags.items.empty()) return UsageError("--items has no meaning here");
  for (const std::string& item : flags.items) event.GetReflection()->AddString(&event, items, item);
  return SetBasis(flags.document, event);
}

absl::StatusOr<int> RunRecord(Session& session, const RecordFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindOfResource(flags.name));
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, NewRecordRequest(*kind));
  if (flags.file.empty() && flags.kind.empty()) return UsageError("--kind or --file is required");
  RETURN_IF_ERROR(SetText(*request, "name", "NAME", flags.name));
  RETURN_IF_ERROR(FillEvent(session, flags, MutableMessage(*request, "event")));
  return Mutate(session, *kind, kind->Method("RecordEvent"), *request, session.Say("已记录", "recorded"));
}

absl::StatusOr<int> RunAnnul(Session& session, const std::string& name, const std::string& event_id) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindOfResource(name));
  const char* done = session.Say("已撤回事件", "annulled an event of");
  if (kind->singular == "authorization") {
    v1::AnnulAuthorizationEventRequest request;
    request.set_name(name);
    request.set_event(event_id);
    return Mutate(session, *kind, kind->Method("AnnulEvent"), request, done);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, NewRecordRequest(*kind));
  RETURN_IF_ERROR(SetText(*request, "name", "NAME", name));
  Message& event = MutableMessage(*request, "event");
  RETURN_IF_ERROR(SetEnum(event, "kind", "--kind", "annulment"));
  RETURN_IF_ERROR(SetText(event, "annuls", "EVENT", event_id));
  return Mutate(session, *kind, kind->Method("RecordEvent"), *request, done);
}

struct ConfirmFlags {
  std::string name, on, note;
  DocumentFlags document;
};

absl::StatusOr<int> RunConfirm(Session& session, const ConfirmFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindOfResource(flags.name));
  std::unique_ptr<Message> request;
  if (kind->singular == "entity") request = std::make_unique<v1::ConfirmEntityRequest>();
  if (kind->singular == "indication") request = std::make_unique<v1::ConfirmIndicationRequest>();
  if (kind->singular == "authorization") request = std::make_unique<v1::ConfirmAuthorizationRequest>();
  if (request == nullptr) return UsageError("what can be confirmed is entities/…, indications/… and authorizations/…");
  RETURN_IF_ERROR(SetText(*request, "name", "NAME", flags.name));
  Message& confirmation = MutableMessage(*request, "confirmation");
  RETURN_IF_ERROR(SetDate(confirmation, "checked_on", "--on", flags.on));
  RETURN_IF_ERROR(SetText(confirmation, "note", "--note", flags.note));
  RETURN_IF_ERROR(SetBasis(flags.document, confirmation));
  return Mutate(session, *kind, kind->Method("Confirm"), *request, session.Say("已确认", "confirmed"));
}

void AddConfirm(CLI::App& app, Command& command) {
  auto flags = std::make_shared<ConfirmFlags>();
  CLI::App* sub = app.add_subcommand("confirm", "Record that a row was checked and is still true");
  sub->add_option("NAME", flags->name, "Resource name")->required();
  sub->add_option("--on", flags->on, "Day of the check")->required();
  sub->add_option("--note", flags->note, "Anything worth keeping");
  AddDocumentFlags(*sub, flags->document);
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunConfirm(session, *flags); }; });
}

void AddRecord(CLI::App& app, Command& command) {
  auto flags = std::make_shared<RecordFlags>();
  CLI::App* sub = app.add_subcommand("record", "Record what happened to an entity or an indication");
  sub->add_option("NAME", flags->name, "entities/{entity} or indications/{indication}")->required();
  sub->add_option("--file", flags->file, "The event as one JSON message; - for standard input");
  sub->add_option(
      "--kind", flags->kind,
      "Entity: renamed, deregistered, licence_revoked, succeeded. Indication: applied, published, registered, renewed, "
      "transferred, name_changed, revoked, invalidated, surrendered, refused");
  sub->add_option("--effective", flags->effective, "First day of the effect");
  sub->add_option("--announced", flags->announced, "Day of the announcement");
  sub->add_option("--received", flags->received, "Day the request was received");
  sub->add_option("--law", flags->law, "Law it runs under, e.g. trademark_2019");
  sub->add_option("--term-end", flags->term_end, "Last day of the term");
  sub->add_option("--grace-end", flags->grace_end, "Last day of the period of grace");
  sub->add_option("--items", flags->items, "Goods items concerned, separated by commas (default: all)")->delimiter(',');
  sub->add_option("--new-name", flags->new_name, "The new registered name, of the entity or the title's registrant");
  sub->add_option("--successor", flags->successor, "Entity: entities/{entity} that takes over");
  sub->add_option("--new-holder", flags->new_holder, "Indication: entities/{entity} that it is transferred to");
  AddDocumentFlags(*sub, flags->document);
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunRecord(session, *flags); }; });
}

void AddAnnul(CLI::App& app, Command& command) {
  auto name = std::make_shared<std::string>();
  auto event = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("annul", "Take back an event recorded by mistake");
  sub->add_option("NAME", *name, "Resource name")->required();
  sub->add_option("EVENT", *event, "Id of the event, e.g. e2")->required();
  sub->callback([=, &command] { command = [=](Session& session) { return RunAnnul(session, *name, *event); }; });
}

}  // namespace

void AddEventCommands(CLI::App& app, Command& command) {
  AddRecord(app, command);
  AddAnnul(app, command);
  AddConfirm(app, command);
}

}  // namespace gi::client::gictl
