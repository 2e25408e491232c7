#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/compare.h"
#include "client/gictl/fields.h"
#include "client/gictl/loader.h"
#include "client/gictl/render.h"
#include "google/protobuf/field_mask.pb.h"
#include "storage/base/status_macros.h"
#include "storage/base/uuid.h"

namespace gi::client::gictl {
namespace {

// Loading files is its own reason, unless the operator gives another.
constexpr char kDefaultReason[] = "loaded from a file";

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using registry::v1::Violation;

constexpr absl::string_view kExists = "ERROR_REASON_RESOURCE_EXISTS";

// One line on its way. Errors of its methods are what the line failed with.
class Line {
 public:
  Line(const Session& session, const ResourceKind& kind, const LoadOptions& options)
      : session_(session), kind_(kind), options_(options), request_(NewMessage(*kind.create_request)) {}

  absl::StatusOr<Finding> Load(absl::string_view text) {
    RETURN_IF_ERROR(ParseJson(text, *request_));
    RETURN_IF_ERROR(Sign(*request_));
    name_ = ExpectedName();
    const std::unique_ptr<Message> response = NewMessage(*kind_.mutate_response);
    const absl::Status status = session_.Call(kind_.Method("Create"), *request_, *response);
    if (absl::IsAlreadyExists(status)) return Exists(NameInError(status));
    RETURN_IF_ERROR(status);
    return Answered(*response);
  }

  const std::string& name() const { return name_; }

 private:
  const Message& wanted() const { return GetMessage(*request_, kind_.singular); }

  // The same content always gets the same request id, so that the server replays its answer.
  absl::Status Sign(Message& request) const {
    if (GetString(request, "reason").empty()) {
      const bool none_given = session_.flags.reason.empty() && session_.flags.case_id.empty();
      RETURN_IF_ERROR(SetText(request, "reason", "--reason", none_given ? kDefaultReason : session_.flags.reason));
    }
    request.GetReflection()->ClearField(&request, FindField(request, "request_id"));
    request.GetReflection()->ClearField(&request, FindField(request, "validate_only"));
    const std::string id = UuidOf(absl::StrCat(request.GetDescriptor()->name(), "\n", CanonicalBytes(request)));
    RETURN_IF_ERROR(SetText(request, "request_id", "request_id", id));
    return SetBool(request, "validate_only", "--dry-run", session_.flags.dry_run);
  }

  // "" if the server is to choose the id.
  std::string ExpectedName() const {
    const std::string id = kind_.singular == "division" ? GetString(wanted(), "code")
                                                        : GetString(*request_, absl::StrCat(kind_.singular, "_id"));
    if (id.empty()) return "";
    const std::string survey = GetString(*request_, "survey");  // what records are of
    return kind_.singular == "survey_record" ? absl::StrCat(survey, "/records/", id)
                                             : absl::StrCat(kind_.collection, "/", id);
  }

  std::string NameInError(const absl::Status& status) const {
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    for (const auto& [key, value] : detail.has_value() ? detail->metadata : ErrorMetadata()) {
      if (key == "name" && !value.empty()) return value;
    }
    return name_;
  }

  Finding Make(Outcome outcome, std::vector<std::string> details = {}) const {
    return {0, outcome, name_, std::move(details)};
  }

  absl::StatusOr<Finding> Answered(const Message& response) {
    const std::vector<Violation> violations = ViolationsOf(response);
    if (violations.size() == 1 && violations[0].reason() == kExists && !name_.empty()) return Exists(name_);
    if (!violations.empty()) return Make(Outcome::kFailed, Describe(violations));
    if (const Message& made = GetMessage(response, kind_.singular); !GetString(made, "name").empty()) {
      name_ = GetString(made, "name");
    }
    return Make(GetBool(response, "replayed") ? Outcome::kUnchanged : Outcome::kCreated);
  }

  // The row, or another one with the same code, was there before.
  absl::StatusOr<Finding> Exists(const std::string& existing_name) {
    const bool is_other_row = !name_.empty() && existing_name != name_;
    if (is_other_row) {
      return Make(Outcome::kDifferent,
                  {absl::StrCat(session_.Say("已以其他编号登记：", "registered under another id: "), existing_name)});
    }
    name_ = existing_name;
    const std::unique_ptr<Message> get = NewMessage(*kind_.get_request);
    const std::unique_ptr<Message> got = NewMessage(*kind_.get_response);
    RETURN_IF_ERROR(SetText(*get, "name", "name", name_));
    RETURN_IF_ERROR(session_.Call(kind_.Method("Get"), *get, *got));
    const Message& existing = GetMessage(*got, kind_.singular);
    const std::vector<std::string> fields = DifferingFields(wanted(), existing);
    if (fields.empty()) return Make(Outcome::kUnchanged);
    for (const std::string& field : fields) {
      if (!options_.update || !IsCorrectable(existing, field)) return Different(fields);
    }
    return Correct(fields, GetString(existing, "etag"));
  }

  Finding Different(const std::vector<std::string>& fields) const {
    return Make(Outcome::kDifferent,
                {absl::StrCat(session_.Say("内容不同的字段：", "fields that differ: "), absl::StrJoin(fields, ", "))});
  }

  absl::StatusOr<Finding> Correct(const std::vector<std::string>& fields, const std::string& etag) {
    const std::unique_ptr<Message> request = NewMessage(*kind_.correct_request);
    Message& resource = MutableMessage(*request, kind_.singular);
    resource.CopyFrom(wanted());
    RETURN_IF_ERROR(SetText(resource, "name", "name", name_));
    auto& mask = dynamic_cast<google::protobuf::FieldMask&>(MutableMessage(*request, "update_mask"));
    for (const std::string& field : fields) mask.add_paths(field);
    RETURN_IF_ERROR(SetText(*request, "etag", "etag", etag));
    RETURN_IF_ERROR(SetText(*request, "reason", "--reason", GetString(*request_, "reason")));
    RETURN_IF_ERROR(
        SetBool(*request, "accept_legacy_code", "accept_legacy_code", GetBool(*request_, "accept_legacy_code")));
    RETURN_IF_ERROR(Sign(*request));
    const std::unique_ptr<Message> response = NewMessage(*kind_.mutate_response);
    const absl::Status status = session_.Call(kind_.Method("Correct"), *request, *response);
    if (GetErrorReason(status) == registry::v1::ERROR_REASON_NOTHING_TO_CORRECT) return Make(Outcome::kUnchanged);
    RETURN_IF_ERROR(status);
    const std::vector<Violation> violations = ViolationsOf(*response);
    if (!violations.empty()) return Make(Outcome::kFailed, Describe(violations));
    return Make(Outcome::kCorrected, {absl::StrJoin(fields, ", ")});
  }

  static std::vector<Violation> ViolationsOf(const Message& response) {
    const FieldDescriptor* field = FindField(response, "violations");
    std::vector<Violation> violations;
    for (int i = 0; i < response.GetReflection()->FieldSize(response, field); ++i) {
      const Message& violation = response.GetReflection()->GetRepeatedMessage(response, field, i);
      violations.push_back(dynamic_cast<const Violation&>(violation));
    }
    return violations;
  }

  std::vector<std::string> Describe(const std::vector<Violation>& violations) const {
    std::vector<std::string> lines;
    for (const Violation& violation : violations) lines.push_back(ViolationLine(violation, session_.language));
    return lines;
  }

  const Session& session_;
  const ResourceKind& kind_;
  const LoadOptions& options_;
  const std::unique_ptr<Message> request_;
  std::string name_;
};

std::vector<std::string> Describe(const absl::Status& status, Language language) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value() || detail->violations.empty()) return ErrorLines(status, language);
  std::vector<std::string> lines;
  for (const Violation& violation : detail->violations) lines.push_back(ViolationLine(violation, language));
  return lines;
}

}  // namespace

Finding LoadLine(const Session& session, const ResourceKind& kind, const LoadOptions& options, absl::string_view text) {
  Line line(session, kind, options);
  absl::StatusOr<Finding> finding = line.Load(text);
  if (finding.ok()) return *std::move(finding);
  // Every further line would meet the same.
  const bool gone = absl::IsUnavailable(finding.status());
  return {0, gone ? Outcome::kNotTried : Outcome::kFailed, line.name(), Describe(finding.status(), session.language)};
}

}  // namespace gi::client::gictl
