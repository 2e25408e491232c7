#include "client/sheet/mapping.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/sheet/values.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "storage/base/status_macros.h"

namespace gi::client::sheet {
namespace {

using registry::v1::ImportKind;
using registry::v1::ImportRow;

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::Status Bad(const mapping::v1::Mapping& mapping, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("mapping \"", mapping.name(), "\": ", what));
}

absl::Status CheckField(const mapping::v1::Mapping& mapping, const std::string& field) {
  const google::protobuf::Message& request = ImportRow::default_instance().GetReflection()->GetMessage(
      ImportRow::default_instance(), RequestField(mapping.kind()));
  const bool of_row = absl::StartsWith(field, "row.");
  const bool known = (of_row ? FindPath(ImportRow::default_instance(), absl::StripPrefix(field, "row."))
                             : FindPath(request, field)) != nullptr;
  return known ? absl::OkStatus()
               : Bad(mapping, absl::StrCat("there is no field \"", field, "\" that a cell can fill"));
}

absl::Status CheckColumn(const mapping::v1::Mapping& mapping, const std::string& field) {
  const bool known = std::any_of(mapping.columns().begin(), mapping.columns().end(),
                                 [&](const mapping::v1::Column& column) { return column.field() == field; });
  return known ? absl::OkStatus() : Bad(mapping, absl::StrCat("no column has the field ", field));
}

absl::Status Check(const mapping::v1::Mapping& mapping) {
  if (mapping.name().empty() || mapping.version() < 1) return Bad(mapping, "it needs a name and a version from 1 on");
  if (RequestField(mapping.kind()) == nullptr) return Bad(mapping, "it needs a kind");
  if (mapping.columns().empty()) return Bad(mapping, "it has no columns");
  for (const mapping::v1::Column& column : mapping.columns()) {
    if (column.headers().empty())
      return Bad(mapping, absl::StrCat("the column of ", column.field(), " has no headers"));
    RETURN_IF_ERROR(CheckField(mapping, column.field()));
    for (const mapping::v1::Fixed& also : column.also()) {
      RETURN_IF_ERROR(CheckField(mapping, also.field()));
      if (!also.from().empty()) RETURN_IF_ERROR(CheckColumn(mapping, also.from()));
    }
    if (!column.range().empty() && column.range_size() != 2) {
      return Bad(mapping, absl::StrCat("the range of ", column.field(), " is not two fields"));
    }
    for (const std::string& end : column.range()) RETURN_IF_ERROR(CheckColumn(mapping, end));
  }
  for (const mapping::v1::Fixed& fixed : mapping.fixed()) RETURN_IF_ERROR(CheckField(mapping, fixed.field()));
  return absl::OkStatus();
}

}  // namespace

const google::protobuf::FieldDescriptor* RequestField(ImportKind kind) {
  const auto field = [](int number) { return ImportRow::descriptor()->FindFieldByNumber(number); };
  switch (kind) {
    case registry::v1::IMPORT_KIND_DIVISIONS:
      return field(ImportRow::kDivision);
    case registry::v1::IMPORT_KIND_ENTITIES:
      return field(ImportRow::kEntity);
    case registry::v1::IMPORT_KIND_INDICATIONS:
      return field(ImportRow::kIndication);
    case registry::v1::IMPORT_KIND_AUTHORIZATIONS:
      return field(ImportRow::kAuthorization);
    case registry::v1::IMPORT_KIND_PRODUCTS:
      return field(ImportRow::kProduct);
    case registry::v1::IMPORT_KIND_SURVEYS:
      return field(ImportRow::kSurvey);
    case registry::v1::IMPORT_KIND_SURVEY_RECORDS:
      return field(ImportRow::kSurveyRecord);
    case registry::v1::IMPORT_KIND_APPLICATIONS:
      return field(ImportRow::kApplication);
    case registry::v1::IMPORT_KIND_TARGETS:
      return field(ImportRow::kTarget);
    default:
      return nullptr;
  }
}

absl::StatusOr<mapping::v1::Mapping> ParseMapping(absl::string_view text) {
  mapping::v1::Mapping mapping;
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(std::string(text), &mapping)) {
    return absl::InvalidArgumentError(absl::StrCat("not a mapping: ", error.text()));
  }
  RETURN_IF_ERROR(Check(mapping));
  return mapping;
}

absl::StatusOr<mapping::v1::Mapping> ShippedMapping(ImportKind kind) {
  for (const std::string& text : ShippedMappingTexts()) {
    ASSIGN_OR_RETURN(mapping::v1::Mapping mapping, ParseMapping(text));
    if (mapping.kind() == kind) return mapping;
  }
  return absl::NotFoundError(absl::StrCat("no mapping for ", registry::v1::ImportKind_Name(kind),
                                          " comes with this program: name one with --mapping"));
}

}  // namespace gi::client::sheet
