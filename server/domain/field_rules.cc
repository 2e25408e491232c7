#include "server/domain/field_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "server/domain/field_plan.h"
#include "storage/base/date.h"
#include "storage/base/text.h"
#include "storage/base/uuid.h"

namespace gi::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What a field should hold, in both languages.
struct Expectation {
  const char* english;
  const char* chinese;
};
constexpr Expectation kUtf8{"text in UTF-8", " UTF-8 编码的文本"};
constexpr Expectation kPlainText{"text without control characters and line breaks", "不含控制字符和换行的文本"};
constexpr Expectation kPlainLines{"lines of text without control characters", "不含控制字符的文本(可分行)"};
constexpr Expectation kPrintableAscii{"printable ASCII characters without spaces", "不含空格的可打印 ASCII 字符"};
constexpr Expectation kUuid{"a UUID: 8-4-4-4-12 hexadecimal digits", " UUID（8-4-4-4-12 位十六进制数字）"};
constexpr Expectation kNotNegative{"0 for the default, or a number of rows above 0", " 0（默认值）或大于 0 的行数"};
constexpr Expectation kInstant{"an instant in the years 1 to 9999, with 0 to 999999999 nanoseconds",
                               "公元 1 至 9999 年内的时刻，纳秒为 0 至 999999999"};

constexpr int64_t kFirstInstant = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastInstant = 253402300799;   // 9999-12-31T23:59:59Z
constexpr int32_t kMaxNanos = 999999999;
constexpr int kNotRepeated = -1;

// Where the walk is: a chain through the stack, written out only for a finding.
struct Path {
  const Path* parent = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = kNotRepeated;
};

std::string ToString(const Path& path) {
  if (path.field == nullptr) return "";
  std::string text = ToString(*path.parent);
  absl::StrAppend(&text, text.empty() ? "" : ".", path.field->name());
  if (path.index != kNotRepeated) absl::StrAppend(&text, "[", path.index, "]");
  return text;
}

bool IsPrintableAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
}

// Element `index` of a list of strings, or the string itself.
const std::string& GetString(const Message& message, const FieldPlan& plan, int index, std::string& scratch) {
  return index == kNotRepeated ? plan.reflection->GetStringReference(message, plan.field, &scratch)
                               : plan.reflection->GetRepeatedStringReference(message, plan.field, index, &scratch);
}

const Message& GetMessage(const Message& message, const FieldPlan& plan, int index) {
  return index == kNotRepeated ? plan.reflection->GetMessage(message, plan.field)
                               : plan.reflection->GetRepeatedMessage(message, plan.field, index);
}

bool IsFreeText(FieldKind kind) { return kind == FieldKind::kText || kind == FieldKind::kLines; }

bool HasControlsInLines(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  return absl::c_any_of(lines,
                        [](absl::string_view line) { return HasControlCharacters(absl::StripSuffix(line, "\r")); });
}

// How free text is stored.
std::string NormalForm(const std::string& value, FieldKind kind) {
  return NormalizeText(kind == FieldKind::kLines ? absl::StrReplaceAll(value, {{"\r\n", "\n"}}) : value);
}

// Free text counts as it is stored: the normal form of some scripts has more code points than what was sent (never more
// than that had bytes).
size_t StoredChars(const std::string& value, const FieldPlan& plan) {
  if (!IsFreeText(plan.kind) || !IsValidUtf8(value)) return CountChars(value);
  return CountChars(NormalForm(value, plan.kind));
}

class Walk {
 public:
  // `personal_scan` is null where nothing of the request is stored.
  Walk(FieldViolations& out, const DivisionKnown* personal_scan) : out_(out), personal_scan_(personal_scan) {}

  void VisitMessage(const Message& message, const MessagePlan& plan, const Path& path) {
    CheckUnknownFields(message, plan, path);
    if (plan.kind == MessageKind::kTimestamp) return CheckTimestamp(message, path);
    for (const FieldPlan& field : plan.fields) {
      if (&field - plan.fields.data() == plan.masked_field) {
        VisitMasked(message, plan, field, path);
      } else {
        VisitField(message, field, path);
      }
    }
    if (plan.kind == MessageKind::kPeriod) CheckPeriod(message, path);
  }

 private:
  // A row of which only the fields in update_mask are taken: the others need not be there.
  void VisitMasked(const Message& message, const MessagePlan& plan, const FieldPlan& row, const Path& parent) {
    const Path path{&parent, row.field, kNotRepeated};
    if (!plan.reflection->HasField(message, row.field)) {
      if (row.required) AddRequired(path);
      return;
    }
    const Message& child = plan.reflection->GetMessage(message, row.field);
    const auto& mask = static_cast<const FieldMask&>(plan.reflection->GetMessage(message, plan.update_mask));
    CheckUnknownFields(child, *row.message, path);
    for (FieldPlan field : row.message->fields) {
      field.required = field.required && absl::c_linear_search(mask.paths(), field.field->name());
      VisitField(child, field, path);
    }
  }

  void VisitField(const Message& message, const FieldPlan& plan, const Path& parent) {
    if (plan.repeated) return VisitList(message, plan, parent);
    const Path path{&parent, plan.field, kNotRepeated};
    if (plan.has_presence && !plan.reflection->HasField(message, plan.field)) {
      if (plan.required && plan.field->real_containing_oneof() == nullptr) AddRequired(path);
      return;
    }
    VisitValue(message, plan, path);
  }

  void VisitList(const Message& message, const FieldPlan& plan, const Path& parent) {
    const int size = plan.reflection->FieldSize(message, plan.field);
    const Path list{&parent, plan.field, kNotRepeated};
    if (size == 0 && plan.required) AddRequired(list);
    if (size > plan.max_items) return AddTooLong(list, static_cast<size_t>(size), static_cast<size_t>(plan.max_items));
    for (int i = 0; i < size && plan.kind != FieldKind::kOther; ++i)
      VisitValue(message, plan, {&parent, plan.field, i});
  }

  void VisitValue(const Message& message, const FieldPlan& plan, const Path& path) {
    switch (plan.kind) {
      case FieldKind::kMessage:
        return VisitChild(GetMessage(message, plan, path.index), plan, path);
      case FieldKind::kEnum:
        return CheckEnum(message, plan, path);
      case FieldKind::kPageSize:
        return CheckPageSize(message, plan, path);
      case FieldKind::kOther:
        return;
      default:
        std::string scratch;
        return CheckString(GetString(message, plan, path.index, scratch), plan, path);
    }
  }

  void VisitChild(const Message& child, const FieldPlan& plan, const Path& path) {
    if (plan.message->kind == MessageKind::kDate) CheckDate(child, plan, path);
    if (plan.message->kind == MessageKind::kFieldMask) CheckFieldMask(child, plan, path);
    VisitMessage(child, *plan.message, path);
  }

  void CheckString(const std::string& value, const FieldPlan& plan, const Path& path) {
    if (value.empty()) {
      if (plan.required || plan.repeated) AddRequired(path);
      return;
    }
    if (value.size() > plan.max_chars) {
      const size_t chars = StoredChars(value, plan);
      if (chars > plan.max_chars) return AddTooLong(path, chars, plan.max_chars);
    }
    CheckContent(value, plan, path);
  }

  void CheckContent(const std::string& value, const FieldPlan& plan, const Path& path) {
    switch (plan.kind) {
      case FieldKind::kLines:
        if (HasControlsInLines(value)) return AddMalformed(path, value, kPlainLines);
        if (plan.required && IsBlank(value)) return AddRequired(path);
        return ScanForPersonalData(value, path);
      case FieldKind::kText:
        if (HasControlCharacters(value)) return AddMalformed(path, value, kPlainText);
        if ((plan.required || plan.repeated) && IsBlank(value)) return AddRequired(path);
        return ScanForPersonalData(value, path);
      case FieldKind::kAscii:
        if (!IsPrintableAscii(value)) return AddMalformed(path, value, kPrintableAscii);
        return ScanForPersonalData(value, path);
      case FieldKind::kUuid:
        if (!ParseUuid(value).has_value()) AddMalformed(path, value, kUuid);
        return;
      default:
        if (!IsValidUtf8(value)) AddMalformed(path, value, kUtf8);
        return;
    }
  }

  void ScanForPersonalData(const std::string& value, const Path& path) {
    if (personal_scan_ == nullptr) return;
    const std::optional<PersonalShape> shape = FindPersonalShape(value, *personal_scan_);
    if (!shape.has_value()) return;
    out_.Add(ToString(path), registry::v1::ERROR_REASON_PERSONAL_DATA,
             {{"value", shape->masked},
              {"shape", std::string(PersonalKindName(shape->kind, Language::kEnglish))},
              {"shape_zh", std::string(PersonalKindName(shape->kind, Language::kChinese))}});
  }

  void CheckEnum(const Message& message, const FieldPlan& plan, const Path& path) {
    const int value = path.index == kNotRepeated
                          ? plan.reflection->GetEnumValue(message, plan.field)
                          : plan.reflection->GetRepeatedEnumValue(message, plan.field, path.index);
    if (value == 0 && plan.required) AddRequired(path);
    if (value >= 0 && value <= plan.last_known_enum) return;
    if (plan.field->enum_type()->FindValueByNumber(value) != nullptr) return;
    out_.Add(ToString(path), registry::v1::ERROR_REASON_ENUM_UNKNOWN, {{"value", absl::StrCat(value)}});
  }

  void CheckPageSize(const Message& message, const FieldPlan& plan, const Path& path) {
    const int32_t value = plan.reflection->GetInt32(message, plan.field);
    if (value < 0) AddMalformed(path, absl::StrCat(value), kNotNegative);
  }

  void CheckDate(const Message& message, const FieldPlan& plan, const Path& path) {
    const auto& date = static_cast<const registry::v1::Date&>(message);
    if (plan.may_be_partial ? IsPartialDate(date) : ToDay(date).has_value()) return;
    out_.Add(ToString(path), registry::v1::ERROR_REASON_DATE_INVALID, {{"value", FormatDate(date)}});
  }

  void CheckPeriod(const Message& message, const Path& path) {
    const auto& period = static_cast<const registry::v1::Period&>(message);
    const std::optional<Day> from = ToDay(period.from());
    const std::optional<Day> to = ToDay(period.to());
    if (!from.has_value() || !to.has_value() || *from <= *to) return;
    out_.Add(ToString(path), registry::v1::ERROR_REASON_PERIOD_REVERSED,
             {{"from", FormatDay(*from)}, {"to", FormatDay(*to)}});
  }

  void CheckTimestamp(const Message& message, const Path& path) {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    const bool seconds_fit = time.seconds() >= kFirstInstant && time.seconds() <= kLastInstant;
    if (seconds_fit && time.nanos() >= 0 && time.nanos() <= kMaxNanos) return;
    AddMalformed(path, absl::StrCat(time.seconds(), " s ", time.nanos(), " ns"), kInstant);
  }

  void CheckFieldMask(const Message& message, const FieldPlan& plan, const Path& path) {
    const int paths = static_cast<const FieldMask&>(message).paths_size();
    if (paths == 0 && plan.required) AddRequired(path);
    if (paths > plan.max_items) AddTooLong(path, static_cast<size_t>(paths), static_cast<size_t>(plan.max_items));
  }

  void CheckUnknownFields(const Message& message, const MessagePlan& plan, const Path& path) {
    const google::protobuf::UnknownFieldSet& unknown = plan.reflection->GetUnknownFields(message);
    if (unknown.empty()) return;
    absl::btree_set<int> numbers;
    for (int i = 0; i < unknown.field_count(); ++i) numbers.insert(unknown.field(i).number());
    const std::string where = ToString(path);
    for (const int number : numbers) {
      out_.Add(absl::StrCat(where, where.empty() ? "" : ": ", "field number ", number),
               registry::v1::ERROR_REASON_FIELD_UNKNOWN);
    }
  }

  void AddRequired(const Path& path) { out_.Add(ToString(path), registry::v1::ERROR_REASON_FIELD_REQUIRED); }

  void AddTooLong(const Path& path, size_t size, size_t limit) {
    out_.Add(ToString(path), registry::v1::ERROR_REASON_FIELD_TOO_LONG,
             {{"size", absl::StrCat(size)}, {"limit", absl::StrCat(limit)}});
  }

  void AddMalformed(const Path& path, const std::string& value, const Expectation& needed) {
    const Expectation& expected = IsValidUtf8(value) ? needed : kUtf8;
    out_.Add(ToString(path), registry::v1::ERROR_REASON_FIELD_MALFORMED,
             {{"value", EchoValue(value)}, {"expected", expected.english}, {"expected_zh", expected.chinese}});
  }

  FieldViolations& out_;
  const DivisionKnown* const personal_scan_;
};

void NormalizeField(Message& message, const FieldPlan& plan, int index) {
  std::string scratch;
  const std::string& value = GetString(message, plan, index, scratch);
  if (value.empty() || !IsValidUtf8(value)) return;
  std::string normal = NormalForm(value, plan.kind);
  if (normal == value) return;
  if (index == kNotRepeated) return plan.reflection->SetString(&message, plan.field, std::move(normal));
  plan.reflection->SetRepeatedString(&message, plan.field, index, std::move(normal));
}

void NormalizeMessage(Message& message, const MessagePlan& plan) {
  const Reflection& reflection = *plan.reflection;
  for (const FieldPlan& field : plan.fields) {
    if (!IsFreeText(field.kind) && field.kind != FieldKind::kMessage) continue;
    if (!field.repeated && field.has_presence && !reflection.HasField(message, field.field)) continue;
    const int size = field.repeated ? reflection.FieldSize(message, field.field) : 1;
    for (int i = 0; i < size; ++i) {
      const int index = field.repeated ? i : kNotRepeated;
      if (IsFreeText(field.kind)) {
        NormalizeField(message, field, index);
      } else {
        NormalizeMessage(field.repeated ? *reflection.MutableRepeatedMessage(&message, field.field, i)
                                        : *reflection.MutableMessage(&message, field.field),
                         *field.message);
      }
    }
  }
}

}  // namespace

void CheckFields(const Message& request, FieldViolations& out) {
  Walk(out, nullptr).VisitMessage(request, PlanOf(request.GetDescriptor()), {});
}

void CheckMutationFields(const Message& request, FieldViolations& out, DivisionKnown known) {
  Walk(out, &known).VisitMessage(request, PlanOf(request.GetDescriptor()), {});
}

void NormalizeStrings(Message& message) { NormalizeMessage(message, PlanOf(message.GetDescriptor())); }

}  // namespace gi::domain
