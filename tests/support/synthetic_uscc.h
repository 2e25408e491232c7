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

// Division 500155; an organisation code of the number's eight digits, or, from 10^8 on, of T and seven characters; both
// check characters right (GB 32100-2015, GB 11714-1997).
inline std::string SyntheticUscc(uint64_t number) {
  constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr int kOrgWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
  std::string organisation = "T0000000";
  if (number < 100'000'000) {
    organisation = absl::StrFormat("%08d", number);
  } else {
    for (size_t i = 7; i > 0; --i, number /= kAlphabet.size()) organisation[i] = kAlphabet[number % kAlphabet.size()];
  }
  std::string code = "93500155" + organisation;
  int sum = 0;
  for (size_t i = 0; i < 8; ++i) {
    const char c = organisation[i];
    sum += (c <= '9' ? c - '0' : c - 'A' + 10) * kOrgWeights[i];
  }
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
