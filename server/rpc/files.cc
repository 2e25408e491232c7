#include "server/rpc/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"

namespace gi::rpc {
namespace {

constexpr size_t kMaxBytes = 4 << 20;

using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

absl::Status Failed(absl::string_view verb, const std::string& path, int error) {
  return absl::FailedPreconditionError(absl::StrCat("cannot ", verb, " ", path, ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  const File file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) return Failed("read", path, errno);
  std::string content(kMaxBytes + 1, '\0');
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  if (std::ferror(file.get()) != 0) return Failed("read", path, errno);
  if (content.size() > kMaxBytes) return Failed("read", path, EFBIG);
  return content;
}

absl::Status WriteSmallFile(const std::string& path, absl::string_view content) {
  const std::string beside = absl::StrCat(path, ".new");
  File file(std::fopen(beside.c_str(), "we"), &std::fclose);
  if (file == nullptr) return Failed("write", path, errno);
  if (std::fwrite(content.data(), 1, content.size(), file.get()) != content.size()) return Failed("write", path, errno);
  if (std::fclose(file.release()) != 0 || std::rename(beside.c_str(), path.c_str()) != 0)
    return Failed("write", path, errno);
  return absl::OkStatus();
}

}  // namespace gi::rpc
