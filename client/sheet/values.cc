#include "client/sheet/values.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "client/sheet/quantity_cell.h"
#include "client/sheet/sheet_date.h"
#include "gi/registry/v1/annotations.pb.h"
#include "google/protobuf/util/json_util.h"
#include "storage/base/error.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using registry::v1::Date;

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

Fault Expected(absl::string_view text, absl::string_view chinese, absl::string_view english) {
  const std::string shown = ShownValue(text);
  return {Fault::Code::kValueUnexpected,
          {absl::StrCat("“", shown, "”应为", chinese), absl::StrCat("\"", shown, "\" should be ", english)},
          ""};
}

// In texts for the elements of a list: which one it is.
constexpr char kElementNumber[] = "{n}";

struct Step {
  std::string name;
  int index = -1;
  // "[]": all elements, each with its part of the text.
  bool each = false;
};

std::vector<Step> StepsOf(absl::string_view path) {
  std::vector<Step> steps;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    Step step{std::string(part.substr(0, part.find('['))), -1};
    const size_t bracket = part.find('[');
    if (bracket != absl::string_view::npos) {
      const absl::string_view inside = absl::StripSuffix(part.substr(bracket + 1), "]");
      step.each = inside.empty();
      if (!absl::SimpleAtoi(inside, &step.index)) step.index = -1;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

Message* Enter(Message& message, const FieldDescriptor* field, int index) {
  const Reflection& reflection = *message.GetReflection();
  if (!field->is_repeated()) return reflection.MutableMessage(&message, field);
  while (reflection.FieldSize(message, field) <= index) reflection.AddMessage(&message, field);
  return reflection.MutableRepeatedMessage(&message, field, index);
}

// 9999-12-31 says that it does not end.
constexpr int kForEver = 9999;

Fault SetDate(Message& message, const FieldDescriptor* field, absl::string_view text) {
  const std::optional<SheetDate> parsed = ParseSheetDate(text);
  if (!parsed) return Expected(text, "日期，如 2024-03-05 或 2024年3月5日", "a date like 2024-03-05 or 2024年3月5日");
  const bool may_be_partial = field->options().GetExtension(registry::v1::rule).may_be_partial();
  if (!may_be_partial && (parsed->approximate || parsed->date.day() == 0)) {
    return Expected(text, "确切日期（年月日）", "a full date with year, month and day");
  }
  // Of what began long ago only the year is known.
  const int year = parsed->date.year();
  if (!may_be_partial && year != kForEver && (year < kFirstSheetYear || year > kLastSheetYear)) {
    return Expected(text, absl::StrCat(kFirstSheetYear, " 至 ", kLastSheetYear, " 年间的日期"),
                    absl::StrCat("a date in the years ", kFirstSheetYear, " to ", kLastSheetYear));
  }
  message.GetReflection()->MutableMessage(&message, field)->CopyFrom(parsed->date);
  return {};
}

std::string ShortNameOf(const EnumValueDescriptor& value) {
  // The name without what all names of the type begin with, which the unspecified value shows.
  const std::string& none = value.type()->value(0)->name();
  const absl::string_view prefix = absl::StripSuffix(none, "UNSPECIFIED");
  return std::string(absl::StripPrefix(value.name(), prefix));
}

Fault SetEnum(Message& message, const FieldDescriptor* field, absl::string_view text, const EnumWord& word) {
  const std::string wanted = FoldText(text);
  std::vector<std::string> known;
  for (int i = 0; i < field->enum_type()->value_count(); ++i) {
    const EnumValueDescriptor& value = *field->enum_type()->value(i);
    if (value.number() == 0) continue;
    const std::string label = word ? word(value) : "";
    const std::string short_name = ShortNameOf(value);
    if (wanted == FoldText(value.name()) || wanted == FoldText(short_name) || wanted == FoldText(label)) {
      message.GetReflection()->SetEnum(&message, field, &value);
      return {};
    }
    known.push_back(label.empty() ? short_name : label);
  }
  const std::string all = absl::StrJoin(known, "、");
  Fault fault = Expected(text, absl::StrCat("下列之一：", all), absl::StrCat("one of ", all));
  fault.suggestion = NearestWord(text, known);
  if (!fault.suggestion.empty()) {
    absl::StrAppend(&fault.what.chinese, "；可能应为：", fault.suggestion);
    absl::StrAppend(&fault.what.english, "; perhaps meant: ", fault.suggestion);
  }
  return fault;
}

// 12345678.0: what becomes of a number that is a name.
bool IsNumberWithPoint(absl::string_view text) {
  const size_t point = text.find('.');
  return point != absl::string_view::npos && point >= 5 && IsDigits(text.substr(0, point)) &&
         IsDigits(text.substr(point + 1)) && text.find_first_not_of('0', point + 1) == absl::string_view::npos;
}

// Without line breaks, which a column too narrow asks for; codes in half-width.
std::string TextOf(const FieldDescriptor& field, absl::string_view text) {
  const registry::v1::Content content = field.options().GetExtension(registry::v1::rule).content();
  if (content == registry::v1::CONTENT_LINES) return std::string(text);
  std::string line;
  for (const absl::string_view part : absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace())) {
    const absl::string_view next = absl::StripAsciiWhitespace(part);
    // Between Latin words there is a space.
    const bool apart = !line.empty() && absl::ascii_isalnum(static_cast<unsigned char>(line.back())) &&
                       absl::ascii_isalnum(static_cast<unsigned char>(next[0]));
    absl::StrAppend(&line, apart ? " " : "", next);
  }
  return content == registry::v1::CONTENT_UNSPECIFIED ? line : HalfWidth(line);
}

Fault SetScalar(Message& message, const FieldDescriptor* field, absl::string_view text, const EnumWord& enum_word) {
  const Reflection& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      // A decimal may be written so.
      if (field->name() != "value" && IsNumberWithPoint(text)) {
        return {Fault::Code::kCellDamaged,
                {absl::StrCat("号码被电子表格改成了小数 ", ShownValue(text), "：请把该列设为文本后重新填写"),
                 absl::StrCat("the spreadsheet made a decimal of a number, ", ShownValue(text),
                              ": format the column as text and write it again")},
                ""};
      }
      reflection.SetString(&message, field, TextOf(*field, text));
      return {};
    case FieldDescriptor::CPPTYPE_BOOL: {
      const std::optional<bool> yes = ParseYesNo(text);
      if (!yes) return Expected(text, "是或否", "yes or no");
      reflection.SetBool(&message, field, *yes);
      return {};
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64: {
      const std::optional<int64_t> number = ParseWholeNumber(text);
      const bool is_short = field->cpp_type() == FieldDescriptor::CPPTYPE_INT32;
      if (!number || (is_short && *number != static_cast<int32_t>(*number))) {
        return Expected(text, "整数", "a whole number");
      }
      if (is_short) {
        reflection.SetInt32(&message, field, static_cast<int32_t>(*number));
      } else {
        reflection.SetInt64(&message, field, *number);
      }
      return {};
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, text, enum_word);
    default:
      return SetDate(message, field, text);
  }
}

bool IsDate(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.message_type() == Date::descriptor();
}

// Whether the cell has a message, or a list, as exports write it.
bool IsJson(const FieldDescriptor& field, absl::string_view text) {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsDate(field);
  return is_message || (field.is_repeated() && absl::StartsWith(text, "["));
}

Fault SetJson(Message& message, const FieldDescriptor& field, absl::string_view text) {
  const std::unique_ptr<Message> read(message.New());
  const auto status =
      google::protobuf::util::JsonStringToMessage(absl::StrCat("{\"", field.name(), "\":", text, "}"), read.get());
  if (!status.ok()) {
    return Expected(text, absl::StrCat("JSON 格式的 ", field.name()), absl::StrCat("JSON of ", field.name()));
  }
  message.GetReflection()->SwapFields(&message, read.get(), {&field});
  return {};
}

Fault SetSteps(Message& root, absl::Span<const Step> steps, absl::string_view text, const EnumWord& enum_word);

// Each part of the text in an element of the list; a single part in all elements that there are.
Fault SetEach(Message& message, const FieldDescriptor* field, absl::Span<const Step> rest, absl::string_view text,
              const EnumWord& enum_word) {
  const std::vector<std::string> parts = SplitList(text);
  const auto size = static_cast<size_t>(message.GetReflection()->FieldSize(message, field));
  if (parts.size() > 1 && size > 0 && parts.size() != size) {
    return Expected(text, absl::StrCat("共 ", size, " 项，或对各项相同的一项"),
                    absl::StrCat(size, " parts, or one for all of them"));
  }
  for (size_t i = 0; i < std::max(size, parts.size()) && !parts.empty(); ++i) {
    const std::string part =
        absl::StrReplaceAll(parts[parts.size() == 1 ? 0 : i], {{kElementNumber, absl::StrCat(i + 1)}});
    if (Fault fault = SetSteps(*Enter(message, field, static_cast<int>(i)), rest, part, enum_word); !fault.empty()) {
      return fault;
    }
  }
  return {};
}

Fault SetSteps(Message& root, absl::Span<const Step> steps, absl::string_view text, const EnumWord& enum_word) {
  Message* message = &root;
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(steps[i].name);
    if (field == nullptr) std::abort();
    if (steps[i].each) return SetEach(*message, field, steps.subspan(i + 1), text, enum_word);
    if (i + 1 < steps.size()) {
      message = Enter(*message, field, std::max(steps[i].index, 0));
      continue;
    }
    if (IsJson(*field, text)) return SetJson(*message, *field, text);
    if (!field->is_repeated()) return SetScalar(*message, field, text, enum_word);
    for (const std::string& part : SplitList(text)) {
      message->GetReflection()->AddString(message, field, TextOf(*field, part));
    }
  }
  return {};
}

}  // namespace

std::optional<int64_t> ParseWholeNumber(absl::string_view given) {
  if (HasDoubtfulDigits(given)) return std::nullopt;
  const std::string folded = FoldText(given);
  absl::string_view counted = folded;
  absl::ConsumePrefix(&counted, "第");
  for (const char* word : {"年", "年度", "类", "个", "家", "户", "件", "次", "批", "轮"}) {
    if (absl::ConsumeSuffix(&counted, word)) break;
  }
  const std::optional<std::string> digits = WithoutCommas(counted);
  if (!digits) return std::nullopt;
  std::string text = *digits;
  if (const size_t point = text.find('.'); point != std::string::npos) {
    const std::string rest = text.substr(point + 1);
    if (rest.empty() || !std::all_of(rest.begin(), rest.end(), [](char c) { return c == '0'; })) return std::nullopt;
    text.erase(point);
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

std::optional<bool> ParseYesNo(absl::string_view given) {
  const std::string text = FoldText(given);
  for (const char* yes : {"是", "有", "对", "√", "✓", "yes", "y", "true", "1"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"否", "无", "没有", "不是", "×", "no", "n", "false", "0"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::vector<std::string> SplitList(absl::string_view text) {
  constexpr absl::string_view kBetween[] = {"、", "，", ",", "；", ";", "\n"};
  constexpr absl::string_view kOpen[] = {"（", "("}, kClose[] = {"）", ")"};
  const auto count = [text](absl::Span<const absl::string_view> words) {
    size_t found = 0;
    for (const absl::string_view word : words) {
      for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++found;
    }
    return found;
  };
  // What stands in brackets belongs together, if they are closed.
  const size_t open = count(kOpen);
  const bool closed = open > 0 && open == count(kClose);
  std::vector<std::string> parts;
  const auto add = [&parts](absl::string_view part) {
    std::string normal = NormalizeText(part);
    if (!normal.empty()) parts.push_back(std::move(normal));
  };
  size_t begin = 0;
  int depth = 0;
  for (size_t at = 0; at < text.size();) {
    const auto begins = [rest = text.substr(at)](absl::string_view word) { return absl::StartsWith(rest, word); };
    const auto* between = std::find_if(std::begin(kBetween), std::end(kBetween), begins);
    if (depth == 0 && between != std::end(kBetween)) {
      add(text.substr(begin, at - begin));
      at += between->size();
      begin = at;
      continue;
    }
    if (closed && absl::c_any_of(kOpen, begins)) ++depth;
    if (depth > 0 && absl::c_any_of(kClose, begins)) --depth;
    ++at;
  }
  add(text.substr(begin));
  return parts;
}

Fault SetField(Message& message, absl::string_view path, absl::string_view text, const EnumWord& enum_word) {
  const std::vector<Step> steps = StepsOf(path);
  return SetSteps(message, steps, text, enum_word);
}

const FieldDescriptor* FindPath(const Message& root, absl::string_view path) {
  const google::protobuf::Descriptor* type = root.GetDescriptor();
  const std::vector<Step> steps = StepsOf(path);
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(steps[i].name);
    if (field == nullptr) return nullptr;
    const bool last = i + 1 == steps.size();
    if (last) return field;
    type = field->message_type();
  }
  return nullptr;
}

}  // namespace gi::client::sheet
