// Names as people would ask for them: the published generator of variants that search is measured with.
#ifndef GI_TESTS_BENCHMARK_NAME_VARIANTS_H_
#define GI_TESTS_BENCHMARK_NAME_VARIANTS_H_

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gi::benchmark {

using Random = std::mt19937;

struct VariantKind {
  const char* name;
  // nullopt-like: "" if the name has no such variant.
  std::function<std::string(absl::string_view name, Random& random)> make;
};

// exact, traditional characters, upper and full width, accents dropped, beginning, end, pinyin, spaced and with v,
// initials, and one typing error of each sort in the name, or in its pinyin.
std::vector<VariantKind> VariantKinds();

// At least `count` different names: those of the EU register and county × product in Chinese, from the shipped data.
std::vector<std::string> Names(const std::string& data_folder, size_t count);

}  // namespace gi::benchmark

#endif  // GI_TESTS_BENCHMARK_NAME_VARIANTS_H_
