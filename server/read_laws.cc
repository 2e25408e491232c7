#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "server/shipped_laws.h"

namespace gi {

absl::StatusOr<std::vector<service::LawFile>> ReadLawDirectory(const std::string& path) {
  std::vector<service::LawFile> files;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() != ".json") continue;
    std::ifstream file(entry->path(), std::ios::binary);
    std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) return absl::InvalidArgumentError(absl::StrCat("--law-dir: cannot read ", entry->path().string()));
    files.push_back({entry->path().stem().string(), std::move(json)});
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("--law-dir: cannot read ", path, ": ", error.message()));
  if (files.empty()) return absl::InvalidArgumentError(absl::StrCat("--law-dir: no *.json file in ", path));
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return files;
}

}  // namespace gi
