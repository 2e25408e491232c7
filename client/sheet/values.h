// What stands in a cell, as a value of a field: the spellings that Chinese spreadsheets have. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_VALUES_H_
#define GI_CLIENT_SHEET_VALUES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/sheet/faults.h"
#include "gi/registry/v1/common.pb.h"
#include "google/protobuf/message.h"

namespace gi::client::sheet {

// 1,234 and 1，234, 12.0, full-width digits, 2024年, 30个. nullopt: no whole number.
std::optional<int64_t> ParseWholeNumber(absl::string_view text);

// 是, 有, 对, √, yes, true, 1 and their opposites.
std::optional<bool> ParseYesNo(absl::string_view text);

// Parts between 、 ， , ； ; and line breaks, without white space at the ends and without empty ones.
std::vector<std::string> SplitList(absl::string_view text);

// What a value of an enum is called in cells, beside its name.
using EnumWord = std::function<std::string(const google::protobuf::EnumValueDescriptor&)>;

// Sets the field that `path` leads to in `message`, making what lies on the way. Empty: done. Otherwise what is wrong
// with the text, and what is expected. A path that leads nowhere is a mistake in the mapping and ends the program
// (see FindPath). In a path, "goods[1]" is an element of a list, and "goods[].text" the elements one by one: the text
// is a list (see SplitList) with a part for each of them, or one part for all that there are; "{n}" in a part is the
// element's number, from 1.
Fault SetField(google::protobuf::Message& message, absl::string_view path, absl::string_view text,
               const EnumWord& enum_word);
// The field that the path leads to; nullptr if it leads nowhere.
const google::protobuf::FieldDescriptor* FindPath(const google::protobuf::Message& message, absl::string_view path);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_VALUES_H_
