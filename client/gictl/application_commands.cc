#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/gictl/application_summary.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/list.h"
#include "client/gictl/pages.h"
#include "client/gictl/provenance_flags.h"
#include "client/gictl/render.h"
#include "client/gictl/subcommand.h"
#include "gi/registry/v1/application.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::Message;

constexpr char kService[] = "gi.registry.v1.ApplicationService/";

struct NamedFlags {
  std::string name;
};

absl::StatusOr<v1::GetApplicationResponse> Fetch(const Session& session, const v1::GetApplicationRequest& request) {
  v1::GetApplicationResponse response;
  RETURN_IF_ERROR(session.Call(absl::StrCat(kService, "GetApplication"), request, response));
  return response;
}

// --- events ---

// Sends a request that records an event, and prints what came of it.
absl::StatusOr<int> SendEvent(Session& session, const char* method, Message& request, const char* done) {
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("application"));
  return Mutate(session, *kind, absl::StrCat(kService, method), request, done, [&session](const Message& response) {
    PrintLastEvent(session, dynamic_cast<const v1::MutateApplicationResponse&>(response).application());
  });
}

struct EventFlags : NamedFlags {
  std::string kind, file, date, number, registration_number, effective, law, note, indication_id;
  std::vector<std::string> items;
  bool evidence_declared = false;
  ServiceFlags service;
  DocumentFlags document;
};

// Flags go over what the file says.
absl::Status FillEvent(const Session& session, const EventFlags& flags, v1::ApplicationEvent& event) {
  if (!flags.file.empty()) {
    ASSIGN_OR_RETURN(const std::string json, session.ReadFile(flags.file));
    RETURN_IF_ERROR(ParseJson(json, event));
  }
  RETURN_IF_ERROR(SetEnum(event, "kind", "KIND", flags.kind));
  RETURN_IF_ERROR(SetDate(event, "date", "--date", flags.date));
  if (!flags.items.empty()) event.mutable_items()->Assign(flags.items.begin(), flags.items.end());
  RETURN_IF_ERROR(SetService(flags.service, event));
  RETURN_IF_ERROR(SetText(event, "number", "--number", flags.number));
  RETURN_IF_ERROR(SetText(event, "registration_number", "--registration-number", flags.registration_number));
  RETURN_IF_ERROR(SetDate(event, "effective_from", "--effective", flags.effective));
  RETURN_IF_ERROR(SetText(event, "law", "--law", flags.law));
  RETURN_IF_ERROR(SetBool(event, "evidence_declared", "--evidence-declared", flags.evidence_declared));
  RETURN_IF_ERROR(SetText(event, "note", "--note", flags.note));
  return SetBasis(flags.document, event);
}

absl::StatusOr<int> RunRecord(Session& session, const EventFlags& flags) {
  v1::RecordApplicationEventRequest request;
  request.set_name(flags.name);
  request.set_indication_id(flags.indication_id);
  RETURN_IF_ERROR(FillEvent(session, flags, *request.mutable_event()));
  return SendEvent(session, "RecordApplicationEvent", request, session.Say("已记录", "recorded"));
}

struct AnnulFlags : NamedFlags {
  std::string event;
};

absl::StatusOr<int> RunAnnul(Session& session, const AnnulFlags& flags) {
  v1::RecordApplicationEventRequest request;
  request.set_name(flags.name);
  request.mutable_event()->set_kind(v1::APPLICATION_EVENT_KIND_ANNULMENT);
  request.mutable_event()->set_annuls(flags.event);
  return SendEvent(session, "RecordApplicationEvent", request, session.Say("已撤回事件", "annulled an event of"));
}

struct DivideFlags : NamedFlags {
  std::string date, id;
  std::vector<std::string> items;
  DocumentFlags document;
};

absl::StatusOr<int> RunDivide(Session& session, const DivideFlags& flags) {
  v1::DivideApplicationRequest request;
  request.set_name(flags.name);
  for (const std::string& item : flags.items) request.add_items(item);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  request.set_application_id(flags.id);
  RETURN_IF_ERROR(SetBasis(flags.document, request));
  return SendEvent(session, "DivideApplication", request, session.Say("已分割", "divided"));
}

// --- the checklist ---

struct MaterialFlags : NamedFlags {
  std::string kind, waiver, date, issuer, title, sha256;
  bool present = false;
};

absl::StatusOr<v1::Material> MakeMaterial(const MaterialFlags& flags) {
  v1::Material material;
  RETURN_IF_ERROR(SetEnum(material, "kind", "KIND", flags.kind));
  material.set_present(flags.present);
  material.set_waiver_reason(flags.waiver);
  RETURN_IF_ERROR(SetDate(material, "date", "--date", flags.date));
  material.set_issuer(flags.issuer);
  material.set_title(flags.title);
  material.set_sha256(flags.sha256);
  return material;
}

// Takes the place of the material of its kind, or is added if there is none.
absl::Status PutMaterial(const v1::Material& material, v1::Application& application) {
  v1::Material* place = nullptr;
  for (v1::Material& other : *application.mutable_materials()) {
    if (other.kind() != material.kind()) continue;
    if (place != nullptr) return UsageError("there are several of this kind: use gictl correct … --fields=materials");
    place = &other;
  }
  *(place == nullptr ? application.add_materials() : place) = material;
  return absl::OkStatus();
}

absl::StatusOr<int> RunMaterial(Session& session, const MaterialFlags& flags) {
  ASSIGN_OR_RETURN(const v1::Material material, MakeMaterial(flags));
  v1::GetApplicationRequest get;
  get.set_name(flags.name);
  ASSIGN_OR_RETURN(const v1::GetApplicationResponse read, Fetch(session, get));
  v1::CorrectApplicationRequest request;
  request.mutable_application()->set_name(flags.name);
  *request.mutable_application()->mutable_materials() = read.application().materials();
  RETURN_IF_ERROR(PutMaterial(material, *request.mutable_application()));
  request.mutable_update_mask()->add_paths("materials");
  // Of the same read, so that no other change of the list is lost.
  request.set_etag(read.application().etag());
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed("application"));
  return Mutate(session, *kind, kind->Method("Correct"), request, session.Say("已登记材料", "recorded a material of"));
}

// --- reading ---

struct ShowFlags : NamedFlags {
  std::string date;
};

absl::StatusOr<int> RunShow(const Session& session, const ShowFlags& flags) {
  v1::GetApplicationRequest request;
  request.set_name(flags.name);
  RETURN_IF_ERROR(SetDate(request, "date", "--date", flags.date));
  RETURN_IF_ERROR(session.ApplyReadAt(request));
  ASSIGN_OR_RETURN(const v1::GetApplicationResponse response, Fetch(session, request));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  PrintApplication(session, response.application());
  session.out << FormatReadPoint(response.read_point(), session.language) << "\n";
  return kSuccess;
}

// --- flags ---

// A subcommand about one application.
template <class Flags, class Run>
std::pair<CLI::App*, std::shared_ptr<Flags>> AddNamed(CLI::App& group, Command& command, const char* word,
                                                      const char* help, Run run) {
  const auto [sub, flags] = AddSubcommand<Flags>(group, command, word, help, run);
  sub->add_option("NAME", flags->name, "applications/{application}")->required();
  return {sub, flags};
}

void AddRecord(CLI::App& group, Command& command) {
  const auto [sub, flags] =
      AddNamed<EventFlags>(group, command, "record", "Record what happened to an application, also late", &RunRecord);
  sub->add_option("KIND", flags->kind,
                  "filed, correction_requested, corrected, accepted, refused, preliminarily_published, opposed, "
                  "registered, withdrawn, … (a word that is none of them lists all)")
      ->required();
  sub->add_option("--file", flags->file, "More of the event as one JSON message; - for standard input");
  sub->add_option("--date", flags->date, "Day it happened");
  sub->add_option("--items", flags->items, "Goods items concerned, with commas (default: all that it can concern)")
      ->delimiter(',');
  AddServiceFlags(*sub, flags->service);
  sub->add_option("--number", flags->number, "Number of the notice or announcement, as printed");
  sub->add_option("--registration-number", flags->registration_number, "Registered: number of the mark");
  sub->add_option("--effective", flags->effective,
                  "Registered, recognised: first day of the right, if not the one that follows from the law");
  sub->add_option("--indication-id", flags->indication_id, "Registered, recognised: id of the title that is made");
  sub->add_option("--law", flags->law, "Law chosen: id of the law it runs under from then on");
  sub->add_option("--note", flags->note, "Why; anything worth keeping");
  sub->add_flag("--evidence-declared", flags->evidence_declared, "Opposed, opposition answered: more evidence follows");
  AddDocumentFlags(*sub, flags->document);
}

void AddChanges(CLI::App& group, Command& command) {
  const auto [annul, annul_flags] =
      AddNamed<AnnulFlags>(group, command, "annul", "Take back an event recorded by mistake", &RunAnnul);
  annul->add_option("EVENT", annul_flags->event, "Id of the event, e.g. e2")->required();
  const auto [divide, divide_flags] = AddNamed<DivideFlags>(
      group, command, "divide", "Let the items that were not refused go on as an application of their own", &RunDivide);
  divide->add_option("--items", divide_flags->items, "Goods items that go on, with commas")->required()->delimiter(',');
  divide->add_option("--date", divide_flags->date, "Day the division was applied for")->required();
  divide->add_option("--id", divide_flags->id, "Id of the new application (default: the server makes one)");
  AddDocumentFlags(*divide, divide_flags->document);
  const auto [material, material_flags] = AddNamed<MaterialFlags>(
      group, command, "material", "Set a document of the checklist, instead of the one of its kind", &RunMaterial);
  material
      ->add_option("KIND", material_flags->kind,
                   "application_form, mark_specimen, legal_standing, rules_of_use, … (a word that is none of them "
                   "lists all)")
      ->required();
  material->add_flag("--present", material_flags->present, "It is there");
  material->add_option("--waive", material_flags->waiver, "Why filing does not wait for it");
  material->add_option("--date", material_flags->date, "Its date");
  material->add_option("--issuer", material_flags->issuer, "Office or organisation that issued it");
  material->add_option("--title", material_flags->title, "Its title");
  material->add_option("--sha256", material_flags->sha256, "SHA-256 of the file");
}

void AddReads(CLI::App& group, Command& command) {
  const auto [show, show_flags] =
      AddNamed<ShowFlags>(group, command, "show", "Where an application stands, and what is due", &RunShow);
  show->add_option("--date", show_flags->date, "Business date (default: today)");
  const auto [list, list_flags] =
      AddSubcommand<ListFlags>(group, command, "list", "List applications with their open deadlines", &RunList);
  list_flags->kind_of_resource = "applications";
  list->add_option("--state", list_flags->states, "In these states, e.g. filed; with commas")->delimiter(',');
  list->add_option("--kind", list_flags->kind, "certification_mark, collective_mark, gi_product or agi_conversion");
  list->add_option("--applicant", list_flags->applicant, "Of entities/{entity}");
  list->add_option("--product", list_flags->product, "About products/{product}");
  list->add_option("--office", list_flags->office, "In this office's charge");
  list->add_option("--date", list_flags->date, "Business date the states are derived for (default: today)");
  AddPageFlags(*list, list_flags->page);
}

}  // namespace

void AddApplicationCommands(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand("application", "Applications for a title, from the first idea to registration");
  group->require_subcommand(1);
  AddRecord(*group, command);
  AddChanges(*group, command);
  AddReads(*group, command);
}

}  // namespace gi::client::gictl
