// The facts that figures and lists of deadlines are made from, of all rows, by what the rows' ids are. Held at the
// newest revision by LiveIndex (loaded by the first who asks, which the server does
// itself once it serves) and made anew for an earlier one.
//
// Any number of threads may read while nobody changes it.
#ifndef GI_SERVER_SEARCH_FIGURE_INDEX_H_
#define GI_SERVER_SEARCH_FIGURE_INDEX_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "google/protobuf/arena.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/indicator/count.h"
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

  FigureIndex() = default;
  FigureIndex(const FigureIndex&) = delete;
  FigureIndex& operator=(const FigureIndex&) = delete;

  bool PutRow(keyspace::Tag table, absl::string_view id, absl::string_view row, Revision revision);
  std::unique_ptr<FigureIndex> CopyAt(Revision revision, std::vector<std::string>& changed) const;

  const domain::Facts& facts() const { return facts_; }

 private:
  using Places = absl::flat_hash_map<std::string, domain::FactIndex>;

  // Where the rows of a table are, and when each was last changed (0: it is only spoken of).
  struct Rows {
    Places places;
    std::vector<Revision> changed;
  };

  // Runs `use` with the parsed row.
  template <class Message, class Use>
  bool WithRow(absl::string_view row, Use use);
  const domain::LawLibrary& Laws();
  domain::FactIndex PlaceOf(absl::string_view id, Rows& rows, std::vector<std::string>& ids);
  // Of a row that is put in.
  domain::FactIndex Put(absl::string_view id, Revision revision, Rows& rows, std::vector<std::string>& ids);

  // For one row at a time.
  google::protobuf::Arena arena_;
  // Until the first row that needs them.
  std::vector<registry::v1::LawBook> books_;
  std::vector<std::string> book_ids_;
  // Deadlines point into it. When its last book was changed.
  std::shared_ptr<const domain::LawLibrary> laws_ = std::make_shared<domain::LawLibrary>();
  Revision laws_changed_;
  domain::Facts facts_;
  Rows titles_, grants_, applications_, products_, entities_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_FIGURE_INDEX_H_
