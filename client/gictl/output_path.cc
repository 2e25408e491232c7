#include "client/gictl/output_path.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace gi::client::gictl {

std::string ThroughLinks(const std::string& path) {
  // As many as the system follows.
  constexpr int kMostLinks = 40;
  std::filesystem::path file(path);
  std::error_code error;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(file, error); ++i) {
    const std::filesystem::path next = std::filesystem::read_symlink(file, error);
    if (error) break;
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
  return file.string();
}

bool MayBeReplaced(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

void KeepOld(const std::string& path) {
  const std::string file = ThroughLinks(path);
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return;
  std::string old = absl::StrCat(file, ".old");
  for (int i = 2; std::filesystem::exists(old, error); ++i) old = absl::StrCat(file, ".old", i);
  std::filesystem::rename(file, old, error);
}

}  // namespace gi::client::gictl
