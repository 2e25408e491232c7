// The facts that figures and lists of deadlines are made from, of all rows, by what the rows' ids are. Held at the
// newest revision by LiveIndex (loaded by the first who asks, which the server does itself once it serves); what users
// and their grants were before is kept beside, so that the facts of any earlier revision are made without reading them
// again.
//
// Any number of threads may read while nobody changes it.
#ifndef GI_SERVER_SEARCH_FIGURE_INDEX_H_
#define GI_SERVER_SEARCH_FIGURE_INDEX_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "google/protobuf/arena.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/indicator/count.h"
#include "server/search/fact_history.h"
#include "storage/base/revision.h"
#include "storage/keyspace/key.h"

namespace gi::search {

class FigureIndex {
 public:
  // Law books first: deadlines are made from them.
  static constexpr keyspace::Tag kTables[] = {keyspace::kLawBooks,     keyspace::kEntities,
                                              keyspace::kIndications,  keyspace::kAuthorizations,
                                              keyspace::kApplications, keyspace::kProducts};
  static constexpr keyspace::Tag kMadeFrom[] = {keyspace::kLawBooks};
  static constexpr keyspace::Tag kMade[] = {keyspace::kIndications, keyspace::kApplications};
  // There are many of these.
  static constexpr keyspace::Tag kRemembered[] = {keyspace::kEntities, keyspace::kAuthorizations};

  FigureIndex();
  FigureIndex(const FigureIndex&) = delete;
  FigureIndex& operator=(const FigureIndex&) = delete;

  bool PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row, Revision revision);
  bool PutOlderRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row, Revision revision);
  std::unique_ptr<FigureIndex> CopyAt(Revision revision, std::vector<std::string>& changed) const;

  const domain::Facts& facts() const { return facts_; }

 private:
  using Places = absl::flat_hash_map<std::string, domain::FactIndex>;

  // Where the rows of a table are, and since when each is as it is (0: it is only spoken of). The fact of what is no
  // row, or no more, says nothing.
  struct Rows {
    Places places;
    std::vector<Revision> since;
  };

  bool RemoveRow(keyspace::Tag table, absl::string_view id, Revision revision);
  bool RemoveOlderRow(keyspace::Tag table, absl::string_view id, Revision revision);
  // Runs `use` with the parsed row.
  template <class Message, class Use>
  bool WithRow(absl::string_view row, Use use);
  const domain::LawLibrary& Laws();
  domain::FactIndex PlaceOf(absl::string_view id, Rows& rows, std::vector<std::string>& ids);
  template <class Fact>
  void Put(domain::FactIndex place, Revision revision, Fact fact, Rows& rows, std::vector<Fact>& facts);
  // As Put, keeping what was before.
  template <class Fact>
  void Remember(domain::FactIndex place, Revision revision, Fact fact, Rows& rows, std::vector<Fact>& facts,
                FactHistory<Fact>& older);
  domain::GrantFact FactOf(const registry::v1::Authorization& grant);

  // For one row at a time.
  std::unique_ptr<char[]> arena_block_;
  google::protobuf::Arena arena_;
  // By id.
  std::map<std::string, registry::v1::LawBook> books_;
  // The books as read last; deadlines point into it. Made anew by the first row that needs it after a change.
  std::shared_ptr<const domain::LawLibrary> laws_ = std::make_shared<domain::LawLibrary>();
  bool laws_outdated_ = false;
  // When the last book was changed.
  Revision laws_changed_;
  domain::Facts facts_;
  Rows titles_, grants_, applications_, products_, entities_;
  FactHistory<domain::GrantFact> older_grants_;
  FactHistory<Day> older_entities_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_FIGURE_INDEX_H_
