// The decision the registry exists for: may this entity use this title, for these goods, from this place, on this day,
// and why. The rules are those of domain and check.proto: all reasons that apply, in the order of their numbers; the
// first decides.
//
// - Title, entity and identifier are judged first. A title is in force if any of the goods items asked for is (all
// items, if
//   the question names no goods or none that the title has).
// - Then the grants: if one of them authorizes, nothing is said of the others; otherwise each gives its reasons, and
//   NO_RECORD stands for none. A grant of which all events are annulled counts as none.
// - A name that does not belong to the entity and a stale source are listed wherever they apply; they turn an
// AUTHORIZED answer
//   into an undecided one, which then lists AUTHORIZED after them.
// - FAIR_USE_OF_NAME ends every list without AUTHORIZED under a collective mark in force.
//
// Pure; thread-safe if the area test is.
#ifndef GI_SERVER_DOMAIN_DECIDE_H_
#define GI_SERVER_DOMAIN_DECIDE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/check.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/entity.h"
#include "server/domain/grant.h"
#include "server/domain/scope.h"
#include "server/domain/title.h"
#include "storage/base/date.h"

namespace gi::domain {

// A title as the rules read it: the row without what they do not need, and its timeline.
struct TitleFacts {
  explicit TitleFacts(const registry::v1::Indication& title);
  TitleFacts(const registry::v1::Indication& title, const TitleTimeline& timeline, Day stale_from);

  const registry::v1::Indication* title;
  const TitleTimeline* timeline;
  // The first day on which its origin is too old to rely on; kLastDay if it has none.
  Day stale_from;

 private:
  std::shared_ptr<const TitleTimeline> own_timeline_;
};
// See TitleFacts.
Day StaleFrom(const registry::v1::Indication& title);

// One grant.
struct GrantFacts {
  // Of authorizations/{id}.
  absl::string_view id;
  absl::Span<const GrantSegment> segments;
  // nullptr: as far as the title goes.
  const registry::v1::Scope* scope = nullptr;
};

// What the register holds about the question. Nothing is owned.
struct CheckFacts {
  // nullptr: no title answers, or several do (`ambiguous`).
  const TitleFacts* title = nullptr;
  bool ambiguous = false;
  // nullptr: none has the code or name.
  const EntityFacts* entity = nullptr;
  // All grants of the entity under the title, in an order that does not depend on the day.
  absl::Span<const GrantFacts> grants = {};
  // What the code was found to be. UNSPECIFIED: the entity was named, not its code.
  registry::v1::UsccVerdict identifier = registry::v1::USCC_VERDICT_UNSPECIFIED;
  // What a code that does not check out may have been meant to be; may be empty.
  absl::string_view proposal = {};
};

// The facts of rows. Points into them.
class RowFacts {
 public:
  // `title`, `entity` may be null.
  RowFacts(const registry::v1::Indication* title, const registry::v1::Entity* entity,
           absl::Span<const registry::v1::Authorization* const> grants);
  RowFacts(const RowFacts&) = delete;
  RowFacts& operator=(const RowFacts&) = delete;

  // With title, entity and grants; the rest is the caller's.
  CheckFacts facts() const;
  // The row that a reason's grant stands for; nullptr for nullptr.
  const registry::v1::Authorization* RowOf(const GrantFacts* grant) const;

 private:
  std::optional<TitleFacts> title_;
  std::optional<EntityFacts> entity_;
  std::vector<const registry::v1::Authorization*> rows_;
  std::vector<GrantSegments> timelines_;
  std::vector<GrantFacts> grants_;
};

// One reason with its particulars. Points into the facts.
struct Reason {
  registry::v1::DecisionReason reason;
  const GrantFacts* grant = nullptr;
  uint32_t dimensions = 0;  // bits: 1 << ScopeDimension
  registry::v1::TitleState title_state = registry::v1::TITLE_STATE_UNSPECIFIED;
  registry::v1::RemovalGround ground = registry::v1::REMOVAL_GROUND_UNSPECIFIED;
  registry::v1::UsccVerdict uscc_verdict = registry::v1::USCC_VERDICT_UNSPECIFIED;
  // For ENTITY_DISSOLVED.
  absl::Span<const DatedText> successors = {};
  absl::string_view proposal = {};

  // Fills all but the texts into an empty detail.
  void Fill(registry::v1::ReasonDetail& detail) const;
  registry::v1::ReasonDetail ToDetail() const;
  friend bool operator==(const Reason& a, const Reason& b) {
    return a.reason == b.reason && a.grant == b.grant && a.dimensions == b.dimensions &&
           a.title_state == b.title_state && a.ground == b.ground && a.successors.size() == b.successors.size();
  }
};
using Reasons = absl::InlinedVector<Reason, 2>;

struct Decision {
  registry::v1::Verdict verdict;
  // Never empty.
  Reasons reasons;
  // The days around the date that have this decision, both included: as many as there are.
  Day from;
  Day to;

  // Open where it reaches the end of time.
  void FillValidity(registry::v1::Period& period) const;
};

// Errors are those of `inside`, which is called only for grants that hold on a day looked at.
absl::StatusOr<Decision> Decide(const CheckFacts& facts, const CheckQuery& query, AreaTest inside);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_DECIDE_H_
