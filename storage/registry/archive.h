// Archives: the log as a file (proto/gi/registry/v1/archive.proto), and back. Not thread-safe.
#ifndef GI_STORAGE_REGISTRY_ARCHIVE_H_
#define GI_STORAGE_REGISTRY_ARCHIVE_H_

#include <cstdint>
#include <istream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gi/registry/v1/archive.pb.h"
#include "storage/engine/engine.h"

namespace gi::registry {

// A commit of the log as a record of the archive. DATA_CORRUPT.
absl::StatusOr<v1::ArchiveCommit> ArchiveCommitOf(const engine::LogCommit& packed);

struct RestoreReport {
  uint64_t commits = 0;
  uint64_t entries = 0;
  // 32 bytes.
  std::string root;
};

// Appends all commits of an archive to the log of an engine that holds none, and gives it a history of its own. Every
// leaf is computed anew, the root compared, and the header with the last commit. ARCHIVE_INVALID if the archive is cut
// short, was changed, or is none; the log then holds a part of it and must not be used. The view is made when the
// registry is opened.
absl::StatusOr<RestoreReport> RestoreArchive(std::istream& in, engine::Engine& engine);

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_ARCHIVE_H_
