// The facts that figures and lists of deadlines are made from, of all rows, by what the rows' ids are. Held at the newest
// revision by LiveIndex (loaded by the first who asks) and made anew for an earlier one.
//
// Any number of threads may read while nobody changes it.
#ifndef GI_SERVER_SEARCH_FIGURE_INDEX_H_
#define GI_SERVER_SEARCH_FIGURE_INDEX_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "google/protobuf/arena.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/indicator/count.h"
#include "storage/keyspace/key.h"

namespace gi::search {

class FigureIndex {
 public:
  // Law books first: deadlines are made from them.
  static constexpr keyspace::Tag kTables[] = {keyspace::kLawBooks,       keyspace::kEntities,
                                              keyspace::kIndications,    keyspace::kAuthorizations,
                                              keyspace::kApplications,   keyspace::kProducts};
  static constexpr keyspace::Tag kMadeFrom[] = {keyspace::kLawBooks};

  bool PutRow(keyspace::Tag table, absl::string_view id, absl::string_view row);

  const domain::Facts& facts() const { return facts_; }

 private:
  using Places = absl::flat_hash_map<std::string, domain::FactIndex>;

  // Runs `use` with the parsed row.
  template <class Message, class Use>
  bool WithRow(absl::string_view row, Use use);
  const domain::LawLibrary& Laws();
  domain::FactIndex PlaceOf(absl::string_view id, Places& places, std::vector<std::string>& ids);

  // For one row at a time.
  google::protobuf::Arena arena_;
  // Until the first row that needs it.
  std::vector<registry::v1::LawBook> books_;
  domain::LawLibrary laws_;
  domain::Facts facts_;
  Places titles_, grants_, applications_, products_, entities_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_FIGURE_INDEX_H_
