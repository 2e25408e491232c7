// What checks at the newest revision are answered from: all titles, entities and grants in memory, in the form that the
// rules read, about 70 bytes a grant. Rows stay the truth; this holds what Observer tells of them.
//
// One writer (the registry's), any number of readers; a reader never waits and sees one published version. A record
// has the number of the version that it appears with, and leads to the record it replaced; readers pass over what is
// newer than their version. Nothing is freed while the program runs: an update of a row costs what the row costs, and
// so does taking it out.
#ifndef GI_SERVER_PROJECTION_PROJECTION_H_
#define GI_SERVER_PROJECTION_PROJECTION_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/decide.h"
#include "server/projection/hash_index.h"
#include "server/projection/stable_array.h"
#include "storage/registry/registry.h"

namespace gi::projection {

using GrantList = absl::InlinedVector<domain::GrantFacts, 2>;

struct MemoryUse {
  size_t bytes = 0;
  size_t grants = 0;
  size_t entities = 0;
  size_t titles = 0;
};

class Projection final : public registry::Observer {
 public:
  // With more than `max_bytes` it is incomplete.
  explicit Projection(size_t max_bytes = SIZE_MAX);
  ~Projection() override;

  // Reads all rows of the view and publishes them. Before anything else, by the thread that owns the registry; reads
  // with a second thread. Errors of the store, DATA_CORRUPT. What has no room here makes the whole incomplete: then
  // nothing is published any more.
  absl::Status Load(const registry::ReadView& view);
  bool complete() const { return !incomplete_; }
  void OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) override;

  // One published version.
  struct Version {
    uint32_t number = 0;
    Revision revision;
    std::optional<int64_t> commit_time_us;
  };
  // nullopt: nothing is published; everything has to be read from the rows.
  std::optional<Version> Newest() const;

  // What a version says. A place stays good for ever and for every version.
  Place FindTitle(absl::string_view id, const Version& version) const;
  Place FindEntityByUscc(absl::string_view uscc, const Version& version) const;
  Place FindEntity(absl::string_view id, const Version& version) const;

  // Of places that were found at this version. nullptr: there is no such title any more.
  const domain::TitleFacts* TitleAt(Place title, const Version& version) const;
  // Without names; false: not held, the rows have to be read.
  bool EntityAt(Place entity, const Version& version, domain::EntityFacts& facts) const;
  absl::string_view IdOfEntity(Place entity) const;
  // In the order of their ids. False: more than kMaxGrants, the rows have to be read.
  bool GrantsOf(Place title, Place entity, const Version& version, GrantList& grants) const;
  // A grant was deleted at some time: GrantsOf need not have all that an earlier revision had.
  bool GrantsWereDeleted() const { return grants_deleted_.load(std::memory_order_acquire); }
  // Whether the division table has a county code (six digits), for the judgement of codes.
  bool KnowsCounty(absl::string_view code, const Version& version) const;

  // Fetches from memory what a question will read, in steps between which others are worked on: each step starts to
  // fetch what the next one looks at. Only speed depends on it.
  struct Ahead {
    uint64_t entity_hash = 0;
    bool by_uscc = false;
    Place title = 0;
    Place entity = 0;
    Place grant = 0;
  };
  static constexpr int kAheadSteps = 4;
  Ahead LookAhead(absl::string_view title_id, absl::string_view subject, bool by_uscc) const;
  void LookAhead(int step, Ahead& ahead) const;

  // Of the writer's thread, or while nothing is written.
  MemoryUse memory_use() const;

 private:
  static constexpr size_t kMaxGrants = 64;

  struct TitleRecord;
  struct EntityRecord;
  struct GrantRecord;
  struct CountyRecord;
  struct Timeline;
  template <class Message>
  class Reader;

  static uint64_t TextHash(absl::string_view text);
  static uint64_t PairHash(Place title, Place entity);

  template <class Message>
  absl::Status LoadTable(const registry::ReadView& view, engine::KeyRange range,
                         void (Projection::*put)(absl::string_view id, const Message& row));
  template <class Message>
  void ParseAndPut(absl::string_view key, absl::string_view row,
                   void (Projection::*put)(absl::string_view id, const Message& row));
  void Put(absl::string_view key, absl::string_view row);
  // The row was deleted.
  void Remove(absl::string_view key);
  void RemoveTitle(absl::string_view id);
  void RemoveEntity(absl::string_view id);
  void RemoveGrant(absl::string_view index_key);
  void RemoveCounty(absl::string_view code);
  void PutTitle(absl::string_view id, const registry::v1::Indication& title);
  void PutEntity(absl::string_view id, const registry::v1::Entity& entity);
  void PutGrant(absl::string_view id, const registry::v1::Authorization& grant);
  // `timeline` 0: it is gone.
  void PutGrantRecord(absl::string_view id, Place title, Place entity, Place timeline, Place scope);
  void PutCounty(absl::string_view code, const registry::v1::Division& division);
  Place LivingCounty(uint32_t code) const;
  // Starts to fetch what putting the row will look at.
  template <class Message>
  void PrefetchFor(absl::string_view id, const Message& row) const;
  void CheckRoom();
  void Publish(Revision revision, std::optional<int64_t> commit_time_us);

  Place TitlePlace(absl::string_view id) const;
  Place EntityPlace(absl::string_view id) const;
  Place InternTimeline(const domain::GrantSegments& segments);
  Place InternScope(const registry::v1::Authorization& grant);
  // The record of a chain of replaced ones that the version sees; 0 if none.
  template <class Records>
  static Place Visible(const Records& records, Place newest, uint32_t version);

  const size_t max_bytes_;
  StringArena strings_;
  StableArray<TitleRecord> titles_;
  StableArray<EntityRecord, 16> entities_;
  StableArray<GrantRecord, 16> grants_;
  StableArray<CountyRecord> counties_;
  StableArray<domain::GrantSegment> segments_;
  StableArray<Timeline> timelines_;
  StableArray<registry::v1::Scope> scopes_;
  HashIndex titles_by_id_, entities_by_id_, entities_by_uscc_, grants_by_pair_, counties_by_code_;

  // For the writer only.
  absl::flat_hash_map<std::string, Place> known_timelines_, known_scopes_;
  size_t title_bytes_ = 0;
  bool incomplete_ = false;
  std::atomic<bool> grants_deleted_{false};

  // Where a version's revision and time are kept; a slot is used again after that many versions, by when nobody reads
  // it any more who does not look again.
  static constexpr uint32_t kVersionSlots = 1024;
  struct VersionSlot {
    std::atomic<uint64_t> revision{0};
    std::atomic<int64_t> commit_time_us{-1};
  };
  std::array<VersionSlot, kVersionSlots> slots_;
  std::atomic<uint32_t> published_{0};
};

}  // namespace gi::projection

#endif  // GI_SERVER_PROJECTION_PROJECTION_H_
