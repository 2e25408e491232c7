#include "client/gictl/export_rows.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "client/sheet/field_columns.h"
#include "client/sheet/mapping.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/import.pb.h"
#include "gi/registry/v1/survey_record.pb.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "google/protobuf/util/json_util.h"
#include "storage/base/csv_line.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::Message;

// IMPORT_KIND_ENTITIES of "entities"; UNSPECIFIED if rows of the kind are not imported.
v1::ImportKind ImportKindOf(const ResourceKind& kind) {
  v1::ImportKind found = v1::IMPORT_KIND_UNSPECIFIED;
  (void)v1::ImportKind_Parse(absl::StrCat("IMPORT_KIND_", absl::AsciiStrToUpper(kind.collection)), &found);
  return found;
}

class JsonWriter final : public RowWriter {
 public:
  std::string Head() const override { return ""; }
  std::string Row(int64_t, const Message& request) const override {
    std::string line;
    (void)google::protobuf::util::MessageToJsonString(request, &line);
    return absl::StrCat(line, "\n");
  }
};

class ProtobufWriter final : public RowWriter {
 public:
  explicit ProtobufWriter(v1::ImportKind kind) : field_(sheet::RequestField(kind)) {}
  std::string Head() const override { return ""; }
  std::string Row(int64_t number, const Message& request) const override {
    v1::ImportRow row;
    row.set_line(number);
    row.GetReflection()->MutableMessage(&row, field_)->CopyFrom(request);
    std::string bytes;
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::util::SerializeDelimitedToZeroCopyStream(row, &out);
    return bytes;
  }

 private:
  const google::protobuf::FieldDescriptor* field_;
};

class CsvWriter final : public RowWriter {
 public:
  explicit CsvWriter(v1::ImportKind kind) : mapping_(sheet::MappingOf(kind)) {}
  std::string Head() const override {
    std::vector<std::string> heads;
    for (const mapping::v1::Column& column : mapping_.columns()) {
      if (sheet::IsExported(column)) heads.push_back(column.headers(0));
    }
    return absl::StrCat("\xEF\xBB\xBF", CsvLine(heads, "\r\n"));
  }
  std::string Row(int64_t, const Message& request) const override {
    std::vector<std::string> cells;
    for (const mapping::v1::Column& column : mapping_.columns()) {
      if (!sheet::IsExported(column)) continue;
      cells.push_back(sheet::CellOf(request, column.field(), [](const google::protobuf::EnumValueDescriptor& value) {
        return EnumLabel(value, Language::kChinese);
      }));
    }
    return CsvLine(cells, "\r\n");
  }

 private:
  const mapping::v1::Mapping mapping_;
};

// The first grant, or else the request, and its day.
void FillFirstEvent(const v1::Authorization& grant, v1::CreateAuthorizationRequest& request) {
  for (const v1::GrantEvent& event : grant.events()) {
    const bool granted = event.kind() == v1::GRANT_EVENT_KIND_GRANTED;
    if (!granted && event.kind() != v1::GRANT_EVENT_KIND_REQUESTED) continue;
    if (request.granted()) return;
    request.set_granted(granted);
    *request.mutable_effective_from() = event.effective_from();
  }
}

}  // namespace

std::unique_ptr<Message> CreateRequestOf(const ResourceKind& kind, const Message& resource) {
  std::unique_ptr<Message> request = NewMessage(*kind.create_request);
  MutableMessage(*request, kind.singular).CopyFrom(resource);
  const std::string name = GetString(resource, "name");
  // A division's id is its code.
  if (const auto* id = FindField(*request, absl::StrCat(kind.singular, "_id"))) {
    request->GetReflection()->SetString(request.get(), id, name.substr(name.rfind('/') + 1));
  }
  if (auto* grant = dynamic_cast<v1::CreateAuthorizationRequest*>(request.get())) {
    FillFirstEvent(grant->authorization(), *grant);
  }
  if (auto* entity = dynamic_cast<v1::CreateEntityRequest*>(request.get())) {
    entity->set_accept_legacy_code(entity->entity().uscc_verdict() == v1::USCC_VERDICT_OK_LEGACY);
  }
  if (auto* record = dynamic_cast<v1::CreateSurveyRecordRequest*>(request.get())) {
    record->set_survey(name.substr(0, name.find("/records/")));
  }
  return request;
}

absl::StatusOr<std::unique_ptr<RowWriter>> MakeRowWriter(const ResourceKind& kind, const std::string& format) {
  std::unique_ptr<RowWriter> writer;
  const v1::ImportKind import_kind = ImportKindOf(kind);
  if (format == "jsonl") writer = std::make_unique<JsonWriter>();
  if (import_kind == v1::IMPORT_KIND_UNSPECIFIED && writer == nullptr) {
    return UsageError({absl::StrCat(kind.collection, " 只能以 --format=jsonl 导出"),
                       absl::StrCat(kind.collection, " are exported with --format=jsonl")});
  }
  if (format == "csv") writer = std::make_unique<CsvWriter>(import_kind);
  if (format == "protobuf") writer = std::make_unique<ProtobufWriter>(import_kind);
  if (writer == nullptr)
    return UsageError({absl::StrCat("“", format, "”不是 csv、jsonl、protobuf 之一"),
                       absl::StrCat("\"", format, "\" is none of csv, jsonl, protobuf")});
  return writer;
}

}  // namespace gi::client::gictl
