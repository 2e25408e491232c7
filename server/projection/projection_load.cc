// Filling a projection from the rows of a view.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "google/protobuf/arena.h"
#include "server/projection/projection.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/registry/tables.h"
#include "storage/table/table.h"

namespace gi::projection {

using registry::v1::Authorization;
using registry::v1::Entity;

// Rows of one table, read and parsed by a thread of its own a little ahead of the one that puts them.
template <class Message>
class Projection::Reader {
 public:
  struct Batch {
    google::protobuf::Arena arena;
    std::vector<std::pair<std::string, Message*>> rows;
  };

  Reader(const registry::ReadView& view, engine::KeyRange range)
      : view_(view), range_(std::move(range)), thread_([this] { Read(); }) {}
  ~Reader() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  // nullptr: that was all, or status() is an error.
  std::unique_ptr<Batch> Next() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return done_ || !ready_.empty(); });
    if (ready_.empty()) return nullptr;
    std::unique_ptr<Batch> batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
  }
  const absl::Status& status() const { return status_; }

 private:
  static constexpr size_t kRows = 2048;
  static constexpr size_t kAhead = 4;

  void Read() {
    absl::Status status = ReadAll();
    const std::lock_guard<std::mutex> lock(mutex_);
    status_ = std::move(status);
    done_ = true;
    changed_.notify_all();
  }

  absl::Status ReadAll() {
    const std::unique_ptr<engine::ViewScan> scan = view_.rows().Scan(range_);
    bool more = true;
    while (more) {
      auto batch = std::make_unique<Batch>();
      while (batch->rows.size() < kRows && (more = scan->Next())) {
        ASSIGN_OR_RETURN(std::string id, table::RowId(scan->key()));
        auto* message = google::protobuf::Arena::CreateMessage<Message>(&batch->arena);
        const absl::string_view row = scan->value();
        if (!message->ParseFromArray(row.data(), static_cast<int>(row.size()))) {
          return MakeError(ErrorReason::ERROR_REASON_DATA_CORRUPT, {{"detail", "a row that cannot be read"}});
        }
        batch->rows.emplace_back(std::move(id), message);
      }
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stop_ || ready_.size() < kAhead; });
      if (stop_) return absl::OkStatus();
      ready_.push_back(std::move(batch));
      changed_.notify_all();
    }
    return scan->status();
  }

  const registry::ReadView& view_;
  const engine::KeyRange range_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> ready_;
  bool done_ = false;
  bool stop_ = false;
  absl::Status status_;
  std::thread thread_;
};

template <class Message>
absl::Status Projection::LoadTable(const registry::ReadView& view, engine::KeyRange range,
                                   void (Projection::*put)(absl::string_view id, const Message& row)) {
  Reader<Message> reader(view, std::move(range));
  while (const auto batch = reader.Next()) {
    constexpr size_t kAhead = 8;
    for (size_t i = 0; i < batch->rows.size(); ++i) {
      if (i + kAhead < batch->rows.size()) PrefetchFor(batch->rows[i + kAhead].first, *batch->rows[i + kAhead].second);
      if (!incomplete_) (this->*put)(batch->rows[i].first, *batch->rows[i].second);
    }
    CheckRoom();
  }
  return reader.status();
}

template <class Message>
void Projection::PrefetchFor(absl::string_view id, const Message& row) const {
  if constexpr (std::is_same_v<Message, Entity>) {
    entities_by_id_.Prefetch(TextHash(id));
    entities_by_uscc_.Prefetch(TextHash(row.uscc()));
  }
  if constexpr (std::is_same_v<Message, Authorization>) {
    entities_by_id_.Prefetch(TextHash(absl::StripPrefix(row.entity(), "entities/")));
  }
}

absl::Status Projection::Load(const registry::ReadView& view) {
  // Rows that others refer to come first.
  RETURN_IF_ERROR(LoadTable(view, registry::AllDivisions(""), &Projection::PutCounty));
  RETURN_IF_ERROR(LoadTable(view, registry::AllEntities(), &Projection::PutEntity));
  RETURN_IF_ERROR(LoadTable(view, registry::AllIndications(), &Projection::PutTitle));
  RETURN_IF_ERROR(LoadTable(view, registry::AllAuthorizations(), &Projection::PutGrant));
  ASSIGN_OR_RETURN(const bool deleted, view.HadDeletions(keyspace::kAuthorizations));
  grants_deleted_.store(deleted, std::memory_order_release);
  for (HashIndex* index :
       {&titles_by_id_, &entities_by_id_, &entities_by_uscc_, &grants_by_pair_, &counties_by_code_}) {
    index->DropOutgrown();
  }
  if (!incomplete_) Publish(view.revision(), view.commit_time_us());
  return absl::OkStatus();
}

}  // namespace gi::projection
