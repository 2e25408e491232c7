#include "server/service/import/row_judge.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gi::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using registry::v1::ImportRow;

// Stands for the request id that the rows of a file do not have.
constexpr char kRowRequestId[] = "00000000-0000-4000-8000-000000000000";
// Stands for a name that is found out when it is the row's turn.
constexpr char kLater[] = "/0";

const FieldDescriptor& FieldOf(int number) { return *ImportRow::descriptor()->FindFieldByNumber(number); }

// A row that asks to be only looked at must not be taken.
void CheckNotValidateOnly(const Message& request, FieldViolations& findings) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("validate_only");
  if (field == nullptr || !request.GetReflection()->GetBool(request, field)) return;
  findings.Add(field->name(), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
               {{"value", "true"},
                {"expected", "nothing: a trial of an import looks at all its rows"},
                {"expected_zh", "空：如需只校验，请以试导入方式发送全部数据"}});
}

void SetString(Message& message, absl::string_view name, std::string value) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field != nullptr) message.GetReflection()->SetString(&message, field, std::move(value));
}

// Puts a stand-in for the name that `text` stands for into the field of the resource that gets it.
void StandIn(const RowImporter& importer, const char* own, const std::string& text, absl::string_view stands_for,
             absl::string_view collection, Message& resource, FieldViolations& findings) {
  if (text.empty()) return;
  if (stands_for.empty()) {
    findings.Add(own, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                 {{"value", domain::EchoValue(text)},
                  {"expected", "nothing: rows of this kind have none"},
                  {"expected_zh", "空：此类数据没有该项"}});
    return;
  }
  const FieldDescriptor& twice = *resource.GetDescriptor()->FindFieldByName(std::string(stands_for));
  if (!resource.GetReflection()->GetString(resource, &twice).empty()) {
    findings.Add(own, ErrorReason::ERROR_REASON_FIELD_CONTRADICTS,
                 {{"value", domain::EchoValue(text)},
                  {"other", PathInRow(importer, stands_for)},
                  {"expected", "only one of them"},
                  {"expected_zh", "其中一项"}});
  }
  resource.GetReflection()->SetString(&resource, &twice, absl::StrCat(collection, kLater));
}

}  // namespace

JudgedRow JudgeRow(const RowImporter& importer, const ImportRow& given, const std::string& reason,
                   DivisionReader& divisions, google::protobuf::Arena& arena) {
  JudgedRow row;
  row.given = &given;
  CheckImportRow(given, row.findings);
  if (given.create_case() == ImportRow::CREATE_NOT_SET) return row;
  const FieldDescriptor& field = FieldOf(static_cast<int>(given.create_case()));
  const Message& request = given.GetReflection()->GetMessage(given, &field);
  if (given.create_case() != importer.row_case()) {
    row.findings.Add(field.name(), ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                     {{"value", field.name()},
                      {"expected", absl::StrCat("a row of ", registry::v1::ImportKind_Name(importer.kind()))},
                      {"expected_zh", absl::StrCat(registry::v1::ImportKind_Name(importer.kind()), " 类的数据")}});
    return row;
  }
  CheckNotValidateOnly(request, row.findings);
  row.request = request.New(&arena);
  row.request->CopyFrom(request);
  SetString(*row.request, "request_id", kRowRequestId);
  SetString(*row.request, "reason", reason.empty() ? "import" : reason);
  Message& resource = importer.ResourceIn(*row.request);
  StandIn(importer, "entity_uscc", given.entity_uscc(), importer.entity_field(), domain::kEntityCollection, resource,
          row.findings);
  const bool only_number = given.title().empty() && !given.title_number().empty();
  StandIn(importer, only_number ? "title_number" : "title", only_number ? given.title_number() : given.title(),
          importer.title_field(), domain::kIndicationCollection, resource, row.findings);
  CheckCleared(given.cleared(), PathInRow(importer, ""), resource, row.findings);
  domain::CheckMutationFields(*row.request, row.findings,
                              [&](absl::string_view code) { return divisions.Knows(code); });
  domain::NormalizeStrings(*row.request);
  ClearOutputOnly(*row.request);
  importer.Normalize(*row.request);
  row.content = RowHash(absl::StrCat(row.request->SerializeAsString(), "\n", given.entity_uscc(), "\n", given.title(),
                                     "\n", given.title_number(), "\n", absl::StrJoin(given.cleared(), ",")));
  return row;
}

std::string PathInRow(const RowImporter& importer, absl::string_view field) {
  return absl::StrCat(FieldOf(static_cast<int>(importer.row_case())).name(), ".", field);
}

uint64_t RowHash(absl::string_view bytes) {
  const std::string sha = Sha256({bytes});
  uint64_t hash = 0;
  std::memcpy(&hash, sha.data(), sizeof(hash));
  return hash;
}

}  // namespace gi::service
