// How numbers of titles are looked up: by what is printed, with or without the words around it. Pure and thread-safe.
#ifndef GI_STORAGE_REGISTRY_TITLE_NUMBER_H_
#define GI_STORAGE_REGISTRY_TITLE_NUMBER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/indication.pb.h"

namespace gi::registry {

// The form in which numbers are compared: folded text without white space and without the words 第, 号, 公告, 年, "no."
// and "announcement", so that "CNIPA No. 577", "cnipa 577" and "CNIPA公告第577号" are the same. Requires valid UTF-8.
std::string NumberLookupForm(absl::string_view text);

// All forms under which a number is found: the number itself and, for an announcement, issuer + number, issuer + year +
// number, year + number.
std::vector<std::string> NumberLookupForms(const v1::TitleNumber& number);

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_TITLE_NUMBER_H_
