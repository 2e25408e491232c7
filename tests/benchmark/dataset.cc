#include "tests/benchmark/dataset.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/sha256.h"
#include "storage/base/status_macros.h"
#include "storage/registry/tables.h"
#include "tests/support/synthetic_uscc.h"

namespace gi::benchmark {
namespace {

namespace v1 = registry::v1;

// Of ten grants: 0 to 6 hold, 7 has expired, 8 is for other goods, 9 is under a revoked title.
constexpr uint64_t kExpired = 7, kOutOfScope = 8, kRevoked = 9;
constexpr uint64_t kUnknown = 50'000'000;
constexpr uint64_t kMostTitles = 1000;
constexpr size_t kMostWaiting = 4096;

v1::Date DateOf(int year) {
  v1::Date date;
  date.set_year(year);
  date.set_month(1);
  date.set_day(1);
  return date;
}

v1::Source SyntheticSource() {
  v1::Source source;
  source.set_kind(v1::SOURCE_KIND_SYNTHETIC);
  source.set_title("benchmark");
  return source;
}

uint64_t Mixed(uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccd;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53;
  return value ^ (value >> 33);
}

// Submits mutations, at most kMostWaiting at a time.
class Submitter {
 public:
  explicit Submitter(registry::Registry& registry) : registry_(registry) {}

  template <class Message>
  void Put(const table::Table<Message>& table, const char* method, std::string id, Message message) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ < kMostWaiting; });
    ++waiting_;
    lock.unlock();
    registry::MutationContext context;
    context.actor.set_agency("benchmark");
    context.reason.set_text("benchmark");
    context.call.set_agency("benchmark");
    context.call.set_method(method);
    const std::string digest = Sha256({table.name(), id});
    context.call.set_request_id(digest.substr(0, 16));
    context.call.set_request_digest(digest);
    registry_.Submit(
        std::move(context),
        [&table, id = std::move(id), message = std::move(message)](registry::Mutation& mutation) {
          return mutation.Put(table, id, message);
        },
        [this](absl::StatusOr<registry::Committed> committed) {
          const std::lock_guard<std::mutex> done(mutex_);
          --waiting_;
          status_.Update(committed.status());
          changed_.notify_all();
        });
  }

  absl::Status Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == 0; });
    return status_;
  }

 private:
  registry::Registry& registry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t waiting_ = 0;
  absl::Status status_;
};

std::string EntityId(uint64_t entity) { return absl::StrCat("e", entity); }
std::string TitleId(uint64_t title) { return absl::StrCat("t", title); }

v1::Indication Title(uint64_t number, bool revoked) {
  v1::Indication title;
  title.set_name(absl::StrCat("indications/", TitleId(number)));
  title.set_kind(v1::INDICATION_KIND_GI_PRODUCT);
  title.set_display_name(absl::StrCat("示例产品", number));
  *title.mutable_source() = SyntheticSource();
  for (const char* id : {"g1", "g2"}) {
    v1::GoodsItem& item = *title.add_goods();
    item.set_id(id);
    item.set_text(absl::StrCat("goods ", id));
    item.set_nice_class(31);
  }
  v1::TitleEvent& registered = *title.add_events();
  registered.set_id("e1");
  registered.set_kind(v1::TITLE_EVENT_KIND_REGISTERED);
  *registered.mutable_effective_from() = DateOf(2010);
  if (revoked) {
    v1::TitleEvent& event = *title.add_events();
    event.set_id("e2");
    event.set_kind(v1::TITLE_EVENT_KIND_REVOKED);
    *event.mutable_announced_on() = DateOf(2022);
  }
  return title;
}

}  // namespace

Dataset::Dataset(uint64_t grants)
    : grants_(std::max<uint64_t>(grants / 10 * 10, 1000)),
      titles_(std::clamp<uint64_t>(grants_ / 10'000, 10, kMostTitles) / 10 * 10) {}

// The last tenth of the titles is revoked.
uint64_t Dataset::TitleOf(uint64_t grant) const {
  const uint64_t in_force = titles_ / 10 * 9;
  return grant % 10 == kRevoked ? in_force + Mixed(grant) % (titles_ - in_force) : Mixed(grant) % in_force;
}

absl::Status Dataset::Fill(registry::Registry& registry) const {
  Submitter submitter(registry);
  for (uint64_t i = 0; i < titles_; ++i) {
    submitter.Put(registry::kIndications, "IndicationService/CreateIndication", TitleId(i),
                  Title(i, i >= titles_ / 10 * 9));
  }
  for (uint64_t i = 0; i < entities(); ++i) {
    v1::Entity entity;
    entity.set_name(absl::StrCat("entities/", EntityId(i)));
    entity.set_uscc(SyntheticUscc(i));
    entity.set_display_name(absl::StrCat("示例", i, "号合作社"));
    *entity.mutable_source() = SyntheticSource();
    submitter.Put(registry::kEntities, "EntityService/CreateEntity", EntityId(i), entity);
  }
  RETURN_IF_ERROR(submitter.Wait());
  for (uint64_t i = 0; i < grants_; ++i) {
    v1::Authorization grant;
    const std::string id = absl::StrCat("a", i);
    grant.set_name(absl::StrCat("authorizations/", id));
    grant.set_entity(absl::StrCat("entities/", EntityId(i / 2)));
    grant.set_indication(absl::StrCat("indications/", TitleId(TitleOf(i))));
    *grant.mutable_source() = SyntheticSource();
    *grant.mutable_validity()->mutable_from() = DateOf(2020);
    *grant.mutable_validity()->mutable_to() = DateOf(i % 10 == kExpired ? 2023 : 2032);
    if (i % 10 == kOutOfScope) grant.mutable_scope()->add_goods("g2");
    v1::GrantEvent& event = *grant.add_events();
    event.set_id("e1");
    event.set_kind(v1::GRANT_EVENT_KIND_GRANTED);
    *event.mutable_effective_from() = DateOf(2020);
    submitter.Put(registry::kAuthorizations, "AuthorizationService/CreateAuthorization", id, grant);
  }
  return submitter.Wait();
}

uint64_t Dataset::GrantAt(uint64_t i, bool zipf) const {
  const uint64_t random = Mixed(i + 1);
  if (!zipf) return random % grants_;
  // The inverse of the distribution with exponent 1; the ranks are spread over the register.
  const double share = static_cast<double>(random >> 11) / 9007199254740992.0;
  const auto rank = static_cast<uint64_t>(std::exp(share * std::log(static_cast<double>(grants_)))) - 1;
  return Mixed(rank) % grants_;
}

v1::CheckAuthorizationRequest Dataset::Question(uint64_t i, bool zipf) const {
  const uint64_t any = GrantAt(i, zipf) / 10 * 10;
  v1::CheckAuthorizationRequest question;
  *question.mutable_date() = DateOf(2026);
  question.set_goods("g1");
  const uint64_t sort = i % 10;
  // 0 to 4: positive. 5: unknown, 6: without grant, and the three sorts of grants that do not hold.
  const uint64_t grant = sort >= kExpired ? any + sort : any + sort % 7;
  uint64_t title = TitleOf(grant);
  if (sort == 6) {
    const uint64_t other = TitleOf(grant ^ 1);
    while (title == TitleOf(grant) || title == other) title = (title + 1) % (titles_ / 10 * 9);
  }
  question.set_uscc(SyntheticUscc(sort == 5 ? kUnknown + grant : grant / 2));
  question.set_indication(absl::StrCat("indications/", TitleId(title)));
  return question;
}

}  // namespace gi::benchmark
