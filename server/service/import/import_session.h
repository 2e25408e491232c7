// One caller's stream of rows into an import, or into a trial of one.
#ifndef GI_SERVER_SERVICE_IMPORT_IMPORT_SESSION_H_
#define GI_SERVER_SERVICE_IMPORT_IMPORT_SESSION_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gi/registry/v1/import.pb.h"
#include "gi/storage/v1/import.pb.h"
#include "server/rpc/method_table.h"
#include "server/service/import/import_progress.h"
#include "server/service/import/row_importers.h"
#include "server/service/import/row_judge.h"
#include "server/service/import/row_keys.h"
#include "server/service/title_finder.h"

namespace gi::service {

// Rows are decoded and judged by themselves on the caller's thread, while the writer takes the chunk before.
class ImportSession final : public rpc::Conversation, public std::enable_shared_from_this<ImportSession> {
 public:
  // What the streams of a server share.
  struct Shared {
    const RowImporters importers;
    OpenRowKeys open_keys;
  };
  // `registry` and `titles` must outlive this.
  ImportSession(registry::Registry& registry, const TitleFinder& titles, std::shared_ptr<Shared> shared)
      : registry_(registry), titles_(titles), shared_(std::move(shared)) {}

  void Take(const rpc::CallContext& context, std::shared_ptr<const google::protobuf::Message> message,
            rpc::AnyAnswer answer) override;

 private:
  using Request = registry::v1::SendImportRowsRequest;
  using Response = registry::v1::SendImportRowsResponse;

  struct Chunk;

  absl::Status Begin(const Request& request);
  // A later message must not name another import.
  absl::Status CheckSame(const Request& request) const;
  absl::StatusOr<std::shared_ptr<Chunk>> Judge(const rpc::CallContext& context, const Request& request) const;
  absl::StatusOr<Response> Where() const;

  // On the writer's thread, or that of a trial.
  absl::Status Run(registry::Mutation& mutation, Chunk& chunk);
  absl::Status TakeRows(registry::Mutation& mutation, Chunk& chunk);
  absl::Status TakeRow(registry::Mutation& mutation, JudgedRow& row, Chunk& chunk);
  // STATE_NOT_IMPORTED for a new row that was more than that.
  void CheckState(const JudgedRow& row, FieldViolations& findings) const;
  // Puts names in the place of what stands for them.
  void Settle(const table::RowReader& rows, const Chunk& chunk, JudgedRow& row, FieldViolations& findings) const;
  // False if no row before has its key. Otherwise it is dealt with.
  // `says_the_same`: as the row before, in other words.
  bool MeetRepeated(const JudgedRow& row, const std::string& key, uint64_t key_hash, bool says_the_same,
                    Chunk& chunk) const;
  bool IsRepeated(const JudgedRow& row, uint64_t key_hash) const;
  // `first`: of the entries that the row has staged.
  absl::Status Accept(const registry::Mutation& mutation, int first, const JudgedRow& row,
                      std::initializer_list<uint64_t> keys, const TakenRow& taken, Chunk& chunk);
  void Reject(const JudgedRow& row, const FieldViolations& findings, Chunk& chunk) const;
  // The first one, and others as long as there is room in the answer.
  static void AddFindings(const JudgedRow& row, const FieldViolations& findings, registry::v1::FindingSeverity severity,
                          int64_t other_line, Chunk& chunk);

  registry::Registry& registry_;
  const TitleFinder& titles_;
  const std::shared_ptr<Shared> shared_;
  // From the first message on.
  registry::v1::Import import_;
  std::string import_id_;  // "": a trial
  const RowImporter* importer_ = nullptr;
  // What ids begin with that rows get from here; their lines follow, so that the store gets them in order.
  std::string generated_ids_;

  // As the chunk that is being taken finds and leaves it. Used, as what follows, by the thread that takes rows.
  storage::v1::ImportProgress progress_;
  std::shared_ptr<RowKeys> keys_;
  // As it was asked for.
  registry::v1::Import trial_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_IMPORT_SESSION_H_
