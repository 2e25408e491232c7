// Codes that are right and belong to nobody.
#ifndef GI_TESTS_SUPPORT_SYNTHETIC_USCC_H_
#define GI_TESTS_SUPPORT_SYNTHETIC_USCC_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace gi {

// Division 500155, an organisation code of the number's last eight digits, both check characters right (GB 32100-2015,
// GB 11714-1997).
inline std::string SyntheticUscc(uint64_t number) {
  constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr int kOrgWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
  std::string code = absl::StrCat("93500155", absl::StrFormat("%08d", number % 100'000'000));
  int sum = 0;
  for (size_t i = 0; i < 8; ++i) sum += (code[8 + i] - '0') * kOrgWeights[i];
  const int check = 11 - sum % 11;
  code += check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check);
  int outer = 0, weight = 1;
  for (const char c : code) {
    outer += static_cast<int>(kAlphabet.find(c)) * weight;
    weight = weight * 3 % 31;
  }
  return code + kAlphabet[static_cast<size_t>((31 - outer % 31) % 31)];
}

}  // namespace gi

#endif  // GI_TESTS_SUPPORT_SYNTHETIC_USCC_H_
