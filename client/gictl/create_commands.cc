#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/provenance_flags.h"
#include "google/protobuf/field_mask.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::Message;

struct CreateFlags {
  std::string kind;
  std::string file;
  std::string id;
  std::string uscc, display_name, division, survey;
  std::string effective;
  bool granted = false;
  bool accept_legacy_code = false;
  SourceFlags source;
};

struct CorrectFlags {
  std::string name;
  std::string file;
  std::vector<std::string> fields;
  bool accept_legacy_code = false;
};

absl::Status ReadResource(const Session& session, const std::string& file, Message& resource) {
  ASSIGN_OR_RETURN(const std::string json, session.ReadFile(file));
  return ParseJson(json, resource);
}

// Flags go over what the file says.
absl::Status FillCreateRequest(const Session& session, const ResourceKind& kind, const CreateFlags& flags,
                               Message& request) {
  Message& resource = MutableMessage(request, kind.singular);
  if (!flags.file.empty()) RETURN_IF_ERROR(ReadResource(session, flags.file, resource));
  RETURN_IF_ERROR(SetText(resource, "uscc", "--uscc", flags.uscc));
  // A division has a display_name too, but derives it from its names.
  if (!flags.display_name.empty() && kind.singular == "division")
    return UsageError("--display-name has no meaning here");
  RETURN_IF_ERROR(SetText(resource, "display_name", "--display-name", flags.display_name));
  RETURN_IF_ERROR(SetText(resource, "division_code", "--division", flags.division));
  RETURN_IF_ERROR(SetSource(flags.source, resource));
  RETURN_IF_ERROR(SetText(request, absl::StrCat(kind.singular, "_id"), "--id", flags.id));
  RETURN_IF_ERROR(SetDate(request, "effective_from", "--effective", flags.effective));
  RETURN_IF_ERROR(SetBool(request, "granted", "--granted", flags.granted));
  RETURN_IF_ERROR(SetText(request, "survey", "--survey", flags.survey));
  return SetBool(request, "accept_legacy_code", "--accept-legacy-code", flags.accept_legacy_code);
}

absl::StatusOr<int> RunCreate(Session& session, const CreateFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed(flags.kind));
  if (flags.file.empty() && kind->singular != "entity")
    return UsageError("--file is required: one JSON message, or - for stdin");
  const std::unique_ptr<Message> request = NewMessage(*kind->create_request);
  RETURN_IF_ERROR(FillCreateRequest(session, *kind, flags, *request));
  return Mutate(session, *kind, kind->Method("Create"), *request, session.Say("已创建", "created"));
}

absl::StatusOr<int> RunCorrect(Session& session, const CorrectFlags& flags) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindOfResource(flags.name));
  if (kind->correct_request == nullptr) return UsageError(absl::StrCat(kind->collection, " are not corrected"));
  const std::unique_ptr<Message> request = NewMessage(*kind->correct_request);
  Message& resource = MutableMessage(*request, kind->singular);
  RETURN_IF_ERROR(ReadResource(session, flags.file, resource));
  RETURN_IF_ERROR(SetText(resource, "name", "NAME", flags.name));
  auto& mask = dynamic_cast<google::protobuf::FieldMask&>(MutableMessage(*request, "update_mask"));
  for (const std::string& field : flags.fields) mask.add_paths(field);
  RETURN_IF_ERROR(SetBool(*request, "accept_legacy_code", "--accept-legacy-code", flags.accept_legacy_code));
  return Mutate(session, *kind, kind->Method("Correct"), *request, session.Say("已更正", "corrected"));
}

void AddCreate(CLI::App& app, Command& command) {
  auto flags = std::make_shared<CreateFlags>();
  CLI::App* sub = app.add_subcommand("create", "Record a row of a kind");
  sub->add_option("KIND", flags->kind,
                  "division, entity, indication, authorization, ruleset, product, survey, survey_record, lawbook, "
                  "application or target")
      ->required();
  sub->add_option("--file", flags->file, "The resource as one JSON message; - for standard input");
  sub->add_option("--id", flags->id, "Id of the new row (default: the server makes one)");
  sub->add_option("--uscc", flags->uscc, "Entity: unified social credit code");
  sub->add_option("--display-name", flags->display_name, "Entity: registered name; indication: protected name");
  sub->add_option("--division", flags->division, "Entity: division code of the seat");
  sub->add_flag("--accept-legacy-code", flags->accept_legacy_code,
                "Entity: a legacy code was checked against the licence");
  sub->add_option("--effective", flags->effective, "Authorization: day of the request, or of the grant");
  sub->add_option("--survey", flags->survey, "Survey record: surveys/{survey} that it is filed in");
  sub->add_flag("--granted", flags->granted, "Authorization: the grant was made already");
  AddSourceFlags(*sub, flags->source);
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunCreate(session, *flags); }; });
}

void AddCorrect(CLI::App& app, Command& command) {
  auto flags = std::make_shared<CorrectFlags>();
  CLI::App* sub = app.add_subcommand("correct", "Mend a recorded mistake; the old version stays in the history");
  sub->add_option("NAME", flags->name, "Resource name")->required();
  sub->add_option("--file", flags->file, "JSON message with the right values; - for standard input")->required();
  sub->add_option("--fields", flags->fields, "Fields to take from it, separated by commas")->required()->delimiter(',');
  sub->add_flag("--accept-legacy-code", flags->accept_legacy_code, "A legacy code was checked against the licence");
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunCorrect(session, *flags); }; });
}

}  // namespace

void AddCreateCommands(CLI::App& app, Command& command) {
  AddCreate(app, command);
  AddCorrect(app, command);
}

}  // namespace gi::client::gictl
