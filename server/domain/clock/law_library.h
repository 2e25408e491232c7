// All law books of a revision, read as one: which laws there are, which periods an event begins, which documents an
// application needs, which days are working days. Pure; immutable and thread-safe once made.
#ifndef GI_SERVER_DOMAIN_CLOCK_LAW_LIBRARY_H_
#define GI_SERVER_DOMAIN_CLOCK_LAW_LIBRARY_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "server/domain/clock/working_days.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// The rows of one rule for one law, of different times of force.
using RuleRows = std::vector<const registry::v1::ClockRule*>;

// The row that counts for a period that begins on `start`: the last one in force then. If none is, the law applies all
// the same, since the officer says so: the row whose time of force is nearest.
const registry::v1::ClockRule& RowOn(const RuleRows& rows, Day start);

class LawLibrary {
 public:
  LawLibrary() = default;
  explicit LawLibrary(std::vector<registry::v1::LawBook> books);
  LawLibrary(LawLibrary&&) = default;
  LawLibrary& operator=(LawLibrary&&) = default;

  // nullptr if there is none.
  const registry::v1::Law* FindLaw(absl::string_view id) const;
  // The law that a title's event names; without one, the law of titles of that kind in force on the day. nullptr: none.
  const registry::v1::Law* LawOfTitle(registry::v1::IndicationKind kind, registry::v1::LawVersion version,
                                      Day day) const;
  // nullptr if the law has no such rule.
  const RuleRows* FindRule(absl::string_view rule_id, absl::string_view law) const;
  // The rules that an event begins under a law.
  absl::Span<const RuleRows> BegunBy(registry::v1::ApplicationEventKind event, absl::string_view law) const;
  absl::Span<const RuleRows> BegunBy(registry::v1::TitleEventKind event, absl::string_view law) const;
  // The rule that says when a notice sent in this way counts as served. nullptr: none.
  const RuleRows* ServiceRule(registry::v1::ServiceMode mode, absl::string_view law) const;
  // In the order of the books.
  absl::Span<const registry::v1::MaterialRule* const> materials() const { return materials_; }
  const WorkingDays& working_days() const { return working_days_; }
  const std::vector<registry::v1::LawBook>& books() const { return books_; }

 private:
  using LawAndNumber = std::pair<std::string, int>;
  using LawAndRule = std::pair<std::string, std::string>;

  void AddRule(const registry::v1::ClockRule& rule);

  // Owns what the pointers point to; moving it moves no book.
  std::vector<registry::v1::LawBook> books_;
  absl::flat_hash_map<std::string, const registry::v1::Law*> laws_;
  absl::flat_hash_map<LawAndRule, RuleRows> rules_;
  absl::flat_hash_map<LawAndNumber, std::vector<RuleRows>> by_event_;
  absl::flat_hash_map<LawAndNumber, std::vector<RuleRows>> by_title_event_;
  absl::flat_hash_map<LawAndNumber, RuleRows> by_service_;
  std::vector<const registry::v1::MaterialRule*> materials_;
  WorkingDays working_days_;
};

// Adds what is wrong with a book by itself and beside the others: ids, laws that do not exist, periods without length,
// rows of one rule and law in force at the same time, a law or a year that another book has. `field` is the path of the
// book.
void CheckLawBook(const registry::v1::LawBook& book, const LawLibrary& others, absl::string_view field,
                  FieldViolations& violations);

// Applications run under laws by their ids, so none may go: adds FIELD_CONTRADICTS for each that did.
void CheckLawsStay(const registry::v1::LawBook& before, const registry::v1::LawBook& after, absl::string_view field,
                   FieldViolations& violations);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_CLOCK_LAW_LIBRARY_H_
