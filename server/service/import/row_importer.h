// How an import takes one row: found in the register by its id or natural key, then created, corrected or left, by the
// rules of the resource's own service. Each resource makes its importer of these parts (MakeRowImporter), so that an
// import can do nothing that single calls could not.
#ifndef GI_SERVER_SERVICE_IMPORT_ROW_IMPORTER_H_
#define GI_SERVER_SERVICE_IMPORT_ROW_IMPORTER_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "gi/registry/v1/import.pb.h"
#include "server/service/import/difference.h"
#include "server/service/mutate.h"
#include "storage/base/sha256.h"

namespace gi::service {

struct TakenRow {
  enum class Outcome { kCreated, kChanged, kSame, kSkipped };
  Outcome outcome = Outcome::kSame;
  // Resource name.
  std::string name;
  // Of its last change before; 0: it was not there.
  Revision before;
};

using Cleared = google::protobuf::RepeatedPtrField<std::string>;

// Immutable and thread-safe.
class RowImporter {
 public:
  virtual ~RowImporter() = default;

  virtual registry::v1::ImportKind kind() const = 0;
  virtual registry::v1::ImportRow::CreateCase row_case() const = 0;

  // Of the resource: the field that ImportRow.entity_uscc, or ImportRow.title, stands for. "": there is none.
  virtual absl::string_view entity_field() const = 0;
  virtual absl::string_view title_field() const = 0;
  // The resource in a request.
  virtual google::protobuf::Message& ResourceIn(google::protobuf::Message& request) const = 0;
  // Brings identifiers into the form in which they are kept.
  virtual void Normalize(google::protobuf::Message& request) const = 0;
  // What tells the row from all others, as text that a person understands; "" only of a row that lacks what it needs.
  virtual std::string KeyOf(const google::protobuf::Message& request) const = 0;
  // On the writer's thread. `cleared`: as ImportRow.cleared. Findings about the row go into `violations`; it is then
  // rejected, whatever is returned.
  virtual absl::StatusOr<TakenRow> Take(const RuleContext& context, registry::Mutation& mutation,
                                        const google::protobuf::Message& request, const Cleared& cleared,
                                        registry::v1::OnExisting on_existing, FieldViolations& violations) const = 0;

  // Of a request as it came, with output-only fields of the resource (an export has them): the state that it would not
  // bring about. "": none.
  virtual std::string StateLost(const google::protobuf::Message& request) const = 0;

  // Of a row that was created: what its author may have forgotten.
  virtual void Warn(const google::protobuf::Message& request, const Cleared& cleared,
                    FieldViolations& warnings) const = 0;

  virtual absl::string_view collection() const = 0;
  virtual const table::AnyTable& table() const = 0;
  // Of another kind whose rows this one may bring along. nullptr: none.
  virtual const table::AnyTable* brings() const = 0;
  // For reverts, on the writer's thread; all messages are rows of the kind. Gives the row the user's fields that it
  // had, by the rule that corrects rows. Findings, and errors of that rule.
  virtual absl::Status Restore(const RuleContext& context, registry::Mutation& mutation, const std::string& reason,
                               const google::protobuf::Message& now, Revision revision,
                               const google::protobuf::Message& then, FieldViolations& violations) const = 0;
  // Another row of the register that has the key of `row` by now, where only one may have it; "": none.
  virtual absl::StatusOr<std::string> KeyTakenBy(const table::RowReader& rows,
                                                 const google::protobuf::Message& row) const = 0;
  // ROLE_NOT_ALLOWED, TRANSITION_ILLEGAL: a caller with these roles, without that of the district, may not correct a
  // row like this one, nor create it.
  virtual absl::Status CheckMayChange(absl::string_view row, domain::SurveyRoles roles, Day today) const = 0;
  // Stages a row in the place of another, with what hangs on it and without asking a rule. nullptr: no row.
  virtual absl::Status Replace(registry::Mutation& mutation, const google::protobuf::Message* before,
                               const google::protobuf::Message* after) const = 0;
};

// The parts. Functions that a resource does not need may be left out.
template <class Message, class CreateRequest, class CorrectRequest>
struct ImportParts {
  registry::v1::ImportKind kind;
  registry::v1::ImportRow::CreateCase row_case;
  absl::Status (*create)(const RuleContext&, registry::Mutation&, const CreateRequest&, FieldViolations&);
  absl::Status (*correct)(const RuleContext&, registry::Mutation&, const CorrectRequest&, FieldViolations&);
  // As RowImporter::KeyOf.
  std::string (*key)(const CreateRequest&);
  // Id of the row with this natural key, "" if there is none. Default: the id that such a row gets here.
  std::function<absl::StatusOr<std::string>(const table::RowReader&, const CreateRequest&, FieldViolations&)> find =
      nullptr;
  const char* entity_field = "";
  const char* title_field = "";
  // As RowImporter::Normalize.
  void (*normalize)(CreateRequest&) = nullptr;
  // Takes out of the fields that differ those that say the same in other words.
  void (*agree)(const Message& given, const Message& existing, std::vector<std::string>& fields) = nullptr;
  // The rules allow one row with a natural key.
  bool key_is_unique = false;
  // The register may have several rows with one natural key; those of a file that name their ids are then told by them.
  bool keys_may_repeat = false;
  // Puts into the row of the file what it leaves out of a list, which so stays as it is.
  void (*complete)(const Message& existing, Message& given) = nullptr;
  // As RowImporter::StateLost.
  std::string (*state_lost)(const CreateRequest& request) = nullptr;
  // An event that the row asks for and that the one in the register lacks, which corrections do not bring about.
  std::string (*event_lost)(const CreateRequest&, const Message& existing) = nullptr;
  // As RowImporter::Warn.
  void (*warn)(const CreateRequest&, const Cleared& cleared, FieldViolations& warnings) = nullptr;
  // As RowImporter::CheckMayChange. Default: who may write may.
  absl::Status (*may_change)(const Message& row, domain::SurveyRoles roles, Day today) = nullptr;
  // As RowImporter::Replace. Default: nothing hangs on the row.
  absl::Status (*replace)(registry::Mutation& mutation, const Message* before, const Message* after) = nullptr;
  const table::AnyTable* brings = nullptr;
};

// The finding that a refusal is, about the field that it names, and all that it rests on. Nothing, if it is none.
void AddRefusal(const absl::Status& status, FieldViolations& findings);

// What is wrong with a row itself, apart from the request in it: unknown fields, limits.
void CheckImportRow(const registry::v1::ImportRow& row, FieldViolations& violations);

// The id of the only row with a natural key; "": there is none. FIELD_MALFORMED if there are several.
std::string OnlyId(const table::IdPage& page, absl::string_view field, const std::string& value,
                   FieldViolations& violations);

// FIELD_MALFORMED for a path that leads to no field of the resource that a correction could take away,
// FIELD_CONTRADICTS for one that the row fills. `prefix`: "entity.".
void CheckCleared(const Cleared& cleared, absl::string_view prefix, const google::protobuf::Message& resource,
                  FieldViolations& violations);

// Adds the fields of the row that are cleared ("entity.aliases") and that the register has.
void AddCleared(const Cleared& cleared, const google::protobuf::Message& given,
                const google::protobuf::Message& existing, std::vector<std::string>& fields);

// An id that follows from a natural key, so that the same row finds itself again.
std::string IdOfKey(absl::string_view key);

template <class Message, class CreateRequest, class CorrectRequest>
class RowImporterOf final : public RowImporter {
 public:
  using Parts = ImportParts<Message, CreateRequest, CorrectRequest>;
  explicit RowImporterOf(Parts parts) : parts_(std::move(parts)) {}

  registry::v1::ImportKind kind() const override { return parts_.kind; }
  registry::v1::ImportRow::CreateCase row_case() const override { return parts_.row_case; }

  absl::string_view entity_field() const override { return parts_.entity_field; }
  absl::string_view title_field() const override { return parts_.title_field; }
  google::protobuf::Message& ResourceIn(google::protobuf::Message& request) const override {
    return *Kind<Message>::In(static_cast<CreateRequest&>(request));
  }

  void Normalize(google::protobuf::Message& request) const override {
    if (parts_.normalize != nullptr) parts_.normalize(static_cast<CreateRequest&>(request));
  }

  std::string KeyOf(const google::protobuf::Message& any_request) const override {
    const auto& request = static_cast<const CreateRequest&>(any_request);
    const std::string id = parts_.keys_may_repeat ? GivenId(request) : "";
    return id.empty() ? parts_.key(request) : WithParent(request, id);
  }

  absl::StatusOr<TakenRow> Take(const RuleContext& context, registry::Mutation& mutation,
                                const google::protobuf::Message& any_request, const Cleared& cleared,
                                registry::v1::OnExisting on_existing, FieldViolations& violations) const override {
    const auto& request = static_cast<const CreateRequest&>(any_request);
    ASSIGN_OR_RETURN(const std::string id, IdOf(mutation.rows(), request, violations));
    if (!violations.empty()) return TakenRow();
    if (!id.empty()) {
      ASSIGN_OR_RETURN(const auto existing, Kind<Message>::Table().Get(mutation.rows(), id));
      if (existing) return Meet(context, mutation, request, cleared, *existing, on_existing, violations);
    }
    RuleContext own = context;
    if (!id.empty()) own.generated_id = id.substr(id.rfind('/') + 1);
    const int entries = mutation.entries();
    RETURN_IF_ERROR(parts_.create(own, mutation, request, violations));
    if (!violations.empty()) return TakenRow();
    TakenRow taken{TakenRow::Outcome::kCreated, "", Revision{}};
    ASSIGN_OR_RETURN(taken.name, NameOfEntry(mutation, entries));
    return taken;
  }

  std::string StateLost(const google::protobuf::Message& request) const override {
    return parts_.state_lost == nullptr ? "" : parts_.state_lost(static_cast<const CreateRequest&>(request));
  }
  void Warn(const google::protobuf::Message& request, const Cleared& cleared,
            FieldViolations& warnings) const override {
    if (parts_.warn != nullptr) parts_.warn(static_cast<const CreateRequest&>(request), cleared, warnings);
  }
  absl::string_view collection() const override { return Kind<Message>::kCollection; }
  const table::AnyTable& table() const override { return Kind<Message>::Table(); }
  const table::AnyTable* brings() const override { return parts_.brings; }

  absl::Status Restore(const RuleContext& context, registry::Mutation& mutation, const std::string& reason,
                       const google::protobuf::Message& now, Revision revision, const google::protobuf::Message& then,
                       FieldViolations& violations) const override {
    CorrectRequest correct;
    *Kind<Message>::In(correct) = static_cast<const Message&>(then);
    for (const std::string& field : ChangedFields(now, then)) correct.mutable_update_mask()->add_paths(field);
    if (correct.update_mask().paths().empty()) return absl::OkStatus();
    correct.set_etag(EtagOf(context.history_id_text, revision));
    correct.set_reason(reason);
    // What was in the register once is no new code.
    if constexpr (requires { correct.set_accept_legacy_code(true); }) correct.set_accept_legacy_code(true);
    return parts_.correct(context, mutation, correct, violations);
  }

  absl::StatusOr<std::string> KeyTakenBy(const table::RowReader& rows,
                                         const google::protobuf::Message& any_row) const override {
    if (!parts_.key_is_unique) return "";
    const auto& row = static_cast<const Message&>(any_row);
    CreateRequest request;
    *Kind<Message>::In(request) = row;
    FieldViolations ignored;
    ASSIGN_OR_RETURN(const std::string id, parts_.find(rows, request, ignored));
    const std::string name = id.empty() ? "" : domain::ResourceName(Kind<Message>::kCollection, id);
    return name == row.name() ? "" : name;
  }

  absl::Status CheckMayChange(absl::string_view bytes, domain::SurveyRoles roles, Day today) const override {
    if (parts_.may_change == nullptr || (roles & domain::kDistrict) != 0) return absl::OkStatus();
    Message row;
    if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return table::RowCorrupt(table().name());
    return parts_.may_change(row, roles, today);
  }

  absl::Status Replace(registry::Mutation& mutation, const google::protobuf::Message* any_before,
                       const google::protobuf::Message* any_after) const override {
    const auto* before = static_cast<const Message*>(any_before);
    const auto* after = static_cast<const Message*>(any_after);
    if (parts_.replace != nullptr) return parts_.replace(mutation, before, after);
    const Message& any = after != nullptr ? *after : *before;
    const std::string id = domain::IdOfKnownName(any.name(), Kind<Message>::kCollection);
    if (after == nullptr) return mutation.Delete(Kind<Message>::Table(), id);
    Message row = *after;
    Touch(mutation.now(), row);
    return mutation.Put(Kind<Message>::Table(), id, row);
  }

 private:
  static const Message& RowOf(const CreateRequest& request) {
    return *Kind<Message>::In(const_cast<CreateRequest&>(request));
  }

  // With the id of what it lies in: "2025/r1". "": the row is new and gets any id.
  absl::StatusOr<std::string> IdOf(const table::RowReader& rows, const CreateRequest& request,
                                   FieldViolations& violations) const {
    std::string id = GivenId(request);
    if (id.empty() && parts_.find) return parts_.find(rows, request, violations);
    if (id.empty()) {
      const std::string key = parts_.key(request);
      if (!key.empty()) id = IdOfKey(key);
    }
    return id.empty() ? id : WithParent(request, id);
  }

  // "": none.
  static std::string GivenId(const CreateRequest& request) {
    const google::protobuf::FieldDescriptor* field =
        CreateRequest::descriptor()->FindFieldByName(absl::StrCat(Kind<Message>::kField, "_id"));
    return field == nullptr ? "" : request.GetReflection()->GetString(request, field);
  }

  // Records of different surveys may have the same id.
  static std::string WithParent(const CreateRequest& request, const std::string& id) {
    if constexpr (std::is_same_v<Message, registry::v1::SurveyRecord>) {
      return absl::StrCat(domain::IdOfKnownName(request.survey(), domain::kSurveyCollection), "/", id);
    }
    return id;
  }

  absl::StatusOr<TakenRow> Meet(const RuleContext& context, registry::Mutation& mutation, const CreateRequest& request,
                                const Cleared& cleared, const table::Row<Message>& existing,
                                registry::v1::OnExisting on_existing, FieldViolations& violations) const {
    using Outcome = TakenRow::Outcome;
    TakenRow taken{Outcome::kSame, existing.message.name(), existing.revision};
    Message given = RowOf(request);
    CompleteParts(existing.message, {cleared.begin(), cleared.end()}, given);
    if (parts_.complete != nullptr) parts_.complete(existing.message, given);
    std::vector<std::string> fields = DifferingFields(given, existing.message);
    if (parts_.agree != nullptr) parts_.agree(given, existing.message, fields);
    AddCleared(cleared, given, existing.message, fields);
    const std::string lost = parts_.event_lost == nullptr ? "" : parts_.event_lost(request, existing.message);
    if (fields.empty() && lost.empty()) return taken;
    taken.outcome = Outcome::kSkipped;
    if (on_existing == registry::v1::ON_EXISTING_SKIP) return taken;
    if (on_existing == registry::v1::ON_EXISTING_FAIL) {
      return MakeError(ErrorReason::ERROR_REASON_RESOURCE_EXISTS, {{"name", existing.message.name()},
                                                                   {"field", std::string(Kind<Message>::kField)},
                                                                   {"value", parts_.key(request)}});
    }
    if (!lost.empty()) return MakeError(ErrorReason::ERROR_REASON_STATE_NOT_IMPORTED, {{"value", lost}});
    const bool correctable = std::all_of(
        fields.begin(), fields.end(), [&](const std::string& field) { return IsCorrectable(existing.message, field); });
    if (!correctable) {
      return MakeError(ErrorReason::ERROR_REASON_ROW_DIFFERS,
                       {{"name", existing.message.name()}, {"fields", absl::StrJoin(fields, ", ")}});
    }
    CorrectRequest correct;
    Message& row = *Kind<Message>::In(correct);
    row = given;
    row.set_name(existing.message.name());
    for (const std::string& field : fields) correct.mutable_update_mask()->add_paths(field);
    correct.set_etag(EtagOf(context.history_id_text, existing.revision));
    correct.set_reason(request.reason());
    RETURN_IF_ERROR(parts_.correct(context, mutation, correct, violations));
    taken.outcome = Outcome::kChanged;
    return taken;
  }

  // Of the row that the rule staged.
  static absl::StatusOr<std::string> NameOfEntry(const registry::Mutation& mutation, int first) {
    ASSIGN_OR_RETURN(const std::string key, mutation.KeyOfEntry(Kind<Message>::Table(), first));
    ASSIGN_OR_RETURN(const std::string id, table::RowId(key));
    return domain::ResourceName(Kind<Message>::kCollection, id);
  }

  const Parts parts_;
};

template <class Message, class CreateRequest, class CorrectRequest>
std::unique_ptr<RowImporter> MakeRowImporter(ImportParts<Message, CreateRequest, CorrectRequest> parts) {
  return std::make_unique<RowImporterOf<Message, CreateRequest, CorrectRequest>>(std::move(parts));
}

// The importers of all kinds, made by the services.
std::unique_ptr<RowImporter> DivisionImporter();
std::unique_ptr<RowImporter> EntityImporter();
std::unique_ptr<RowImporter> IndicationImporter();
std::unique_ptr<RowImporter> AuthorizationImporter();
std::unique_ptr<RowImporter> ProductImporter();
std::unique_ptr<RowImporter> SurveyImporter();
std::unique_ptr<RowImporter> SurveyRecordImporter();
std::unique_ptr<RowImporter> ApplicationImporter();
std::unique_ptr<RowImporter> TargetImporter();

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_ROW_IMPORTER_H_
