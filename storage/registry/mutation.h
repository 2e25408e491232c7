// Mutation: one all-or-nothing change of the registry while it is being staged.
//
// A mutation function gets one, reads rows through it, calls the rules, and stages rows. It must be re-runnable (a
// cluster commit can lose a race and is run again), must not block, and must not look at a clock: `now()` is handed to
// it. If it returns an error, nothing of it remains.
#ifndef GI_STORAGE_REGISTRY_MUTATION_H_
#define GI_STORAGE_REGISTRY_MUTATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gi/storage/v1/log.pb.h"
#include "google/protobuf/message_lite.h"
#include "storage/registry/staging.h"
#include "storage/table/table.h"

namespace gi::registry {

// Belongs to the thread that runs the mutation function, for as long as that runs.
class Mutation {
 public:
  using Entropy = absl::FunctionRef<std::string(size_t bytes)>;
  Mutation(Staging& staging, absl::Time now, Entropy entropy) : staging_(staging), now_(now), entropy_(entropy) {}

  // The newest state, with everything staged so far.
  const table::RowReader& rows() const { return staging_; }

  // The commit time.
  absl::Time now() const { return now_; }

  // Stages a row; the message is stored as it is. DATA_CORRUPT if the row it replaces does not parse.
  template <class Message>
  absl::Status Put(const table::Table<Message>& table, absl::string_view id, const Message& message) {
    return Change(table, id, message.SerializeAsString(), &message);
  }

  // Stages the deletion of a row: at earlier revisions it stays. Deleting what is not there is no error.
  absl::Status Delete(const table::AnyTable& table, absl::string_view id) {
    return Change(table, id, std::nullopt, nullptr);
  }

  // Runs `part`; if it returns an error, nothing of it remains, and the mutation may go on. Not within another.
  absl::Status Try(absl::FunctionRef<absl::Status()> part);

  // What belongs to this server only and to no revision (the progress of an import): becomes durable with the mutation,
  // but is not logged, so it does not survive a rebuild of the view. A mutation may consist of nothing else; then it is
  // acknowledged before it is durable. nullopt deletes.
  absl::StatusOr<std::optional<std::string>> GetLocal(const std::string& key) const { return staging_.GetLocal(key); }
  // In any order.
  absl::StatusOr<std::vector<std::string>> LocalKeys(const engine::KeyRange& range) const {
    return staging_.LocalKeys(range);
  }
  void PutLocal(std::string key, std::optional<std::string> value);
  absl::Status DeleteLocal(const engine::KeyRange& range);

  // Names the row that the call's answer shows. Default: the first one staged.
  void SetAnswer(const table::AnyTable& table, absl::string_view id);

  // The rows that are staged, in order.
  int entries() const { return commit_.entries_size(); }
  const storage::v1::LogEntry& entry(int i) const { return commit_.entries(i); }
  // The key of the first row of a table among the entries from `first` on. INTERNAL if there is none.
  absl::StatusOr<std::string> KeyOfEntry(const table::AnyTable& table, int first) const;
  // The revision that the row of an entry had before; 0 if it was not there, or was staged by the same mutation.
  Revision RevisionBefore(int i) const { return before_[static_cast<size_t>(i)]; }

  // What this mutation is based on: a revision that is durable, and the rows that earlier ones (of the batch before,
  // which may not be durable yet, and of its own) and itself have staged over that.
  Revision base() const { return staging_.base(); }
  void ForEachStaged(absl::FunctionRef<void(absl::string_view key, const std::optional<std::string>& row)> use) const {
    staging_.ForEachRow(use);
  }

  // For the writer: the entries staged, in order, and what they do to the view.
  storage::v1::Commit TakeCommit() { return std::move(commit_); }
  std::vector<engine::ViewMutation> TakeView() { return std::move(view_); }

 private:
  // nullopt: deletes it. `parsed`: what the bytes are.
  absl::Status Change(const table::AnyTable& table, absl::string_view id, const std::optional<std::string>& bytes,
                      const google::protobuf::Message* parsed);

  Staging& staging_;
  absl::Time now_;
  Entropy entropy_;
  storage::v1::Commit commit_;
  // Of each entry.
  std::vector<Revision> before_;
  std::vector<engine::ViewMutation> view_;
};

using MutationFn = absl::AnyInvocable<absl::Status(Mutation&)>;

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_MUTATION_H_
