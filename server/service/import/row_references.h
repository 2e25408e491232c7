// What stands in a row for the name of another: the code of an entity, the number or name of a title. Thread-safe but
// for TitleGuesses.
#ifndef GI_SERVER_SERVICE_IMPORT_ROW_REFERENCES_H_
#define GI_SERVER_SERVICE_IMPORT_ROW_REFERENCES_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/service/title_finder.h"
#include "storage/base/error.h"

namespace gi::service {

// Name of the entity with the code. REFERENCE_NOT_FOUND; of a text that is no code, what is wrong with it.
absl::StatusOr<std::string> EntityOfUscc(const table::RowReader& rows, const std::string& uscc,
                                         absl::string_view field);

// How a row calls a title: by ImportRow.title, title_number or both.
struct TitleText {
  const std::string& text;
  const std::string& number;
  // The name that may have been meant, if there is none like it.
  const std::string& guess;
};
// Name of the title. REFERENCE_NOT_FOUND; finds FIELD_MALFORMED if there are several, FIELD_CONTRADICTS if text and
// number are those of different ones, and returns "" then.
absl::StatusOr<std::string> TitleCalled(const table::RowReader& rows, const TitleText& title, absl::string_view field,
                                        FieldViolations& violations);

// Id of the only title in the range that has the kind (UNSPECIFIED: any). FIELD_MALFORMED for `field` if there are
// several. "": there is none.
absl::StatusOr<std::string> OnlyTitle(const table::RowReader& rows, const engine::KeyRange& range,
                                      registry::v1::IndicationKind kind, absl::string_view field,
                                      FieldViolations& violations);

// Of texts that no title answers to, the name that may have been meant. Looked for before rows are taken: a search
// takes milliseconds, for which the writer has no time. Belongs to one thread at a time.
class TitleGuesses {
 public:
  // Looks at a text as long as fewer than kMostSearches had to be searched for. Errors of the store leave it unknown:
  // the row meets them, too.
  void Look(const TitleFinder& titles, const table::RowReader& rows, const std::string& text);
  // "": none.
  const std::string& Of(const std::string& text) const;

 private:
  static constexpr size_t kMostSearches = 20;
  absl::flat_hash_map<std::string, std::string> by_text_;
  size_t searches_ = 0;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_ROW_REFERENCES_H_
