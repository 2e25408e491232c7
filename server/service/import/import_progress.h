// How far an import that is under way has come: private to this server, in the local space (KEYSPACE.md), written with
// the chunk that it is about. Thread-safe.
#ifndef GI_SERVER_SERVICE_IMPORT_IMPORT_PROGRESS_H_
#define GI_SERVER_SERVICE_IMPORT_IMPORT_PROGRESS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/import.pb.h"
#include "gi/storage/v1/import.pb.h"
#include "storage/registry/registry.h"

namespace gi::service {

// To what was counted before.
void Add(const registry::v1::ImportCounts& counts, registry::v1::ImportCounts& sum);

// As new if nothing is known of it. Errors of the store, DATA_CORRUPT.
absl::StatusOr<storage::v1::ImportProgress> ReadProgress(const registry::Mutation& mutation,
                                                         const std::string& import_id);
// As the snapshot has it.
absl::StatusOr<storage::v1::ImportProgress> ReadProgress(const engine::ViewSnapshot& state,
                                                         const std::string& import_id);
// Up to the last chunk that was answered, at least.
absl::StatusOr<storage::v1::ImportProgress> ReadProgress(const registry::Registry& registry,
                                                         const std::string& import_id);

// After a chunk: `first_line` is that of its first row, `keys` those of its rows.
void PutProgress(registry::Mutation& mutation, const std::string& import_id, int64_t first_line,
                 const storage::v1::ImportProgress& progress, const storage::v1::ImportKeys& keys);

// The keys of all chunks up to the last one that was answered, at least. Errors of the store, DATA_CORRUPT.
absl::Status ForEachKey(const registry::Registry& registry, const std::string& import_id,
                        absl::FunctionRef<void(const storage::v1::ImportKeys::Row&)> use);

// Of all chunks that were taken.
absl::Status ForEachKey(const registry::Mutation& mutation, const std::string& import_id,
                        absl::FunctionRef<void(const storage::v1::ImportKeys::Row&)> use);

// IMPORT_NOT_OPEN for an import that is open in the snapshot, as `row`, and whose progress was lost when the register
// was restored: an archive has what it changed, and not how far it was.
absl::Status CheckNotRestored(const std::shared_ptr<const engine::ViewSnapshot>& state, const std::string& import_id,
                              const registry::v1::Import& row);

// Brings the row of an import to its end, with what is known of its progress, which is then forgotten, and stages it.
// Of one that was open in an archive only what it changed is known. IMPORT_NOT_OPEN.
absl::Status EndImport(registry::Mutation& mutation, const std::string& import_id, registry::v1::ImportState state,
                       registry::v1::Import row);
// IMPORT_NOT_OPEN.
absl::Status CheckOpen(const registry::v1::Import& row);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_IMPORT_PROGRESS_H_
