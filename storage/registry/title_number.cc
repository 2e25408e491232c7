#include "storage/registry/title_number.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/base/text.h"

namespace gi::registry {

std::string NumberLookupForm(absl::string_view text) {
  std::string folded = FoldText(text);
  return absl::StrReplaceAll(
      folded, {{"第", ""}, {"号", ""}, {"公告", ""}, {"年", ""}, {"announcement", ""}, {"no.", ""}, {"№", ""}});
}

std::vector<std::string> NumberLookupForms(const v1::TitleNumber& number) {
  std::vector<std::string> forms = {NumberLookupForm(number.number())};
  if (number.kind() != v1::NUMBER_KIND_ANNOUNCEMENT) return forms;
  forms.push_back(NumberLookupForm(absl::StrCat(number.issuer(), number.number())));
  if (number.year() != 0) {
    forms.push_back(NumberLookupForm(absl::StrCat(number.year(), number.number())));
    forms.push_back(NumberLookupForm(absl::StrCat(number.issuer(), number.year(), number.number())));
  }
  return forms;
}

}  // namespace gi::registry
