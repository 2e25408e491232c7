#include "tests/server/service/service_world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "server/domain/survey/life_cycle.h"
#include "storage/base/date.h"
#include "storage/base/uuid.h"
#include "storage/registry/tables.h"
#include "tests/support/synthetic_uscc.h"

namespace gi::service {
namespace {

namespace v1 = registry::v1;

// Few of everything, so that things meet.
constexpr int kMostEntities = 5;
constexpr int kMostTitles = 4;
constexpr int kMostGrants = 14;
constexpr int kUsccs = 8;
constexpr const char* kPlaces[] = {"", "", "500155", "500228", "500155005", "110101", "999999"};
constexpr const char* kGoods[] = {"", "", "g1", "g2", "柚子", "未知"};
constexpr const char* kVarieties[] = {"", "", "龙滩柚", "沙田柚"};

int Below(int end, Random& random) { return std::uniform_int_distribution<int>(0, end - 1)(random); }
bool OneIn(int n, Random& random) { return Below(n, random) == 0; }
template <size_t kSize>
const char* OneOf(const char* const (&values)[kSize], Random& random) {
  return values[Below(static_cast<int>(kSize), random)];
}

v1::Date RandomDate(Random& random) {
  v1::Date date;
  date.set_year(2014 + Below(16, random));
  date.set_month(1 + 6 * Below(2, random));
  date.set_day(1 + Below(2, random));
  return date;
}

v1::Source Synthetic() {
  v1::Source source;
  source.set_kind(v1::SOURCE_KIND_SYNTHETIC);
  source.set_title("test");
  return source;
}

template <class Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

// Sends a mutation with what each has. True if it was accepted.
template <class Response>
bool Mutate(const ServiceWorld& world, absl::string_view method, auto& request) {
  request.set_request_id(NewUuid());
  request.set_reason("test");
  return world.Call<Response>(method, request).ok();
}

std::unique_ptr<registry::Registry> OpenOrDie(std::unique_ptr<engine::Engine> engine) {
  auto registry = registry::Registry::Open(std::move(engine));
  if (registry.ok()) return *std::move(registry);
  std::fprintf(stderr, "%s\n", registry.status().ToString().c_str());
  std::abort();
}

}  // namespace

ServiceWorld::ServiceWorld(std::unique_ptr<engine::Engine> engine, size_t max_projection_bytes)
    : registry_(OpenOrDie(std::move(engine))), max_projection_bytes_(max_projection_bytes) {
  Restart();
}

void ServiceWorld::Restart() {
  methods_ = rpc::MethodTable();
  services_.reset();
  services_ = std::make_unique<Services>(*registry_, max_projection_bytes_);
  if (!services_->Load().ok()) std::abort();
  services_->Register(methods_);
}

bool ServiceWorld::Withdraw(const table::AnyTable& table, const std::string& id,
                            absl::FunctionRef<bool(const table::RowReader& rows)> allowed) const {
  registry::MutationContext context;
  context.call.set_agency("test");
  context.call.set_request_id(*ParseUuid(NewUuid()));
  std::promise<bool> done;
  registry_->Submit(
      std::move(context),
      [&](registry::Mutation& mutation) -> absl::Status {
        if (!mutation.rows().Get(table.Key(id))->has_value() || !allowed(mutation.rows()))
          return absl::AbortedError("");
        return mutation.Delete(table, id);
      },
      [&](const absl::StatusOr<registry::Committed>& committed) { done.set_value(committed.ok()); });
  return done.get_future().get();
}

absl::Status ServiceWorld::Answer(absl::string_view name, const google::protobuf::Message& request,
                                  google::protobuf::Message& response) const {
  rpc::CallContext context;
  context.caller.agency = "test";
  context.caller.survey_roles = domain::kAnySurveyRole;
  context.caller.may_write = true;
  context.method = name;
  context.deadline = absl::InfiniteFuture();
  for (const rpc::Method& method : methods_.methods()) {
    if (method.full_name != absl::StrCat("gi.registry.v1.", name)) continue;
    if (method.fill) return method.fill(context, request, response);
    std::promise<absl::Status> done;
    method.handle(context, request, [&](absl::StatusOr<const google::protobuf::Message*> answer) {
      if (answer.ok()) response.CopyFrom(**answer);
      // One of its own: the counts of a shared one are kept in a library that TSan does not see into.
      absl::Status status(answer.status().code(), answer.status().message());
      done.set_value(std::move(status));
    });
    return done.get_future().get();
  }
  std::abort();
}

bool RandomLife::Step() {
  if (entities_ == 0) return NewEntity();
  if (titles_ == 0) return NewTitle();
  switch (Below(22, random_)) {
    case 0:
      return NewEntity();
    case 1:
      return NewTitle();
    case 2:
      return NewDivision();
    case 3:
    case 4:
    case 5:
      return NewGrant();
    case 6:
      return OneIn(3, random_) && ChangeEntity();
    case 7:
      return CorrectEntity();
    case 8:
    case 9:
    case 10:
      return ChangeTitle();
    case 11:
      return CorrectGrant();
    case 12:
      return Withdraw();
    default:
      return ChangeGrant();
  }
}

int RandomLife::Next(int count, int most) {
  return count == most || (count > 0 && OneIn(4, random_)) ? Below(count, random_) : count;
}

bool RandomLife::Withdraw() {
  const auto none = [](const table::RowReader& rows, const engine::KeyRange& range) {
    return !rows.Scan(range)->Next();
  };
  switch (Below(5, random_)) {
    case 0: {
      const std::string id = absl::StrCat("e", Below(entities_, random_));
      return world_.Withdraw(registry::kEntities, id, [&](const table::RowReader& rows) {
        const auto scan = rows.Scan(registry::AllEntities());
        while (scan->Next()) {
          const v1::Entity entity = *registry::kEntities.Parse(scan->value());
          for (const v1::EntityEvent& event : entity.events()) {
            if (event.successor() == absl::StrCat("entities/", id)) return false;
          }
        }
        return none(rows, registry::AuthorizationsOf(id)) && none(rows, registry::ApplicationsOfApplicant(id));
      });
    }
    case 1: {
      const std::string id = absl::StrCat("t", Below(titles_, random_));
      return world_.Withdraw(registry::kIndications, id, [&](const table::RowReader& rows) {
        return none(rows, registry::AuthorizationsUnder(id));
      });
    }
    case 2:
      return world_.Withdraw(registry::kDivisions, OneIn(2, random_) ? "500228" : "500155",
                             [](const table::RowReader&) { return true; });
    default:
      return world_.Withdraw(registry::kAuthorizations, absl::StrCat("g", Below(kMostGrants, random_)),
                             [](const table::RowReader&) { return true; });
  }
}

bool RandomLife::NewEntity() {
  v1::CreateEntityRequest request;
  const int number = Next(entities_, kMostEntities);
  request.set_entity_id(absl::StrCat("e", number));
  request.mutable_entity()->set_uscc(SyntheticUscc(static_cast<uint64_t>(Below(kUsccs, random_))));
  request.mutable_entity()->set_display_name(absl::StrCat("entity ", entities_));
  *request.mutable_entity()->mutable_source() = Synthetic();
  const bool made = Mutate<v1::MutateEntityResponse>(world_, "EntityService/CreateEntity", request);
  if (made) entities_ = std::max(entities_, number + 1);
  return made;
}

bool RandomLife::NewTitle() {
  v1::CreateIndicationRequest request;
  const int number = Next(titles_, kMostTitles);
  request.set_indication_id(absl::StrCat("t", number));
  v1::Indication& title = *request.mutable_indication();
  const int kind = number % 4;
  title.set_kind(kind == 0   ? v1::INDICATION_KIND_CERTIFICATION_MARK
                 : kind == 1 ? v1::INDICATION_KIND_GI_PRODUCT
                 : kind == 2 ? v1::INDICATION_KIND_FOREIGN
                             : v1::INDICATION_KIND_AGI);
  title.set_display_name(absl::StrCat("title ", titles_));
  *title.mutable_source() = Synthetic();
  if (OneIn(2, random_)) title.add_area_codes("500155");
  if (OneIn(2, random_)) title.add_varieties("龙滩柚");
  for (int i = 1; i <= Below(3, random_); ++i) {
    v1::GoodsItem& item = *title.add_goods();
    item.set_id(absl::StrCat("g", i));
    item.set_text(i == 1 ? "柚子" : "柚子汁");
    item.set_nice_class(30 + i);
  }
  if (kind == 2) {
    title.mutable_origin()->set_register_("made up");
    title.mutable_origin()->set_country("France");
    *title.mutable_origin()->mutable_copied_on() = RandomDate(random_);
  }
  if (!OneIn(4, random_)) {
    v1::TitleEvent& event = *title.add_events();
    event.set_kind(v1::TITLE_EVENT_KIND_REGISTERED);
    *event.mutable_effective_from() = RandomDate(random_);
  }
  const bool made = Mutate<v1::MutateIndicationResponse>(world_, "IndicationService/CreateIndication", request);
  if (made) titles_ = std::max(titles_, number + 1);
  return made;
}

bool RandomLife::NewDivision() {
  v1::CreateDivisionRequest request;
  v1::Division& division = *request.mutable_division();
  const bool old = OneIn(2, random_);
  division.set_code(old ? "500228" : "500155");
  division.add_names()->set_display_name("梁平");
  *division.mutable_names(0)->mutable_first_seen() = RandomDate(random_);
  *division.mutable_source() = Synthetic();
  if (old) {
    v1::DivisionSuccessor& successor = *division.add_successors();
    successor.set_code("500155");
    successor.set_kind(v1::SUCCESSION_KIND_RENUMBERED);
    *successor.mutable_since() = RandomDate(random_);
  }
  return Mutate<v1::MutateDivisionResponse>(world_, "DivisionService/CreateDivision", request);
}

bool RandomLife::NewGrant() {
  v1::CreateAuthorizationRequest request;
  // Not in the order of their making.
  const int number = Next(grants_, kMostGrants);
  request.set_authorization_id(absl::StrCat("g", number * 7 % kMostGrants));
  v1::Authorization& grant = *request.mutable_authorization();
  grant.set_entity(absl::StrCat("entities/e", Below(entities_, random_)));
  grant.set_indication(absl::StrCat("indications/t", Below(titles_, random_)));
  *grant.mutable_source() = Synthetic();
  if (OneIn(3, random_)) grant.mutable_scope()->add_area_codes(OneIn(2, random_) ? "500155" : "500155005");
  if (OneIn(4, random_)) grant.mutable_scope()->add_varieties("龙滩柚");
  if (OneIn(4, random_)) grant.mutable_scope()->add_goods("g1");
  *request.mutable_effective_from() = RandomDate(random_);
  request.set_granted(!OneIn(4, random_));
  if (request.granted()) {
    *grant.mutable_validity()->mutable_from() = request.effective_from();
    *grant.mutable_validity()->mutable_to() = RandomDate(random_);
  }
  const bool made =
      Mutate<v1::MutateAuthorizationResponse>(world_, "AuthorizationService/CreateAuthorization", request);
  if (made) grants_ = std::max(grants_, number + 1);
  return made;
}

bool RandomLife::ChangeEntity() {
  const std::string name = absl::StrCat("entities/e", Below(entities_, random_));
  const auto row = world_.Call<v1::GetEntityResponse>("EntityService/GetEntity", Named<v1::GetEntityRequest>(name));
  if (!row.ok()) return false;
  auto request = Named<v1::RecordEntityEventRequest>(name);
  request.set_etag(row->entity().etag());
  v1::EntityEvent& event = *request.mutable_event();
  event.set_kind(static_cast<v1::EntityEventKind>(1 + Below(5, random_)));
  if (event.kind() == v1::ENTITY_EVENT_KIND_ANNULMENT) {
    event.set_annuls("e1");
  } else {
    *event.mutable_effective_from() = RandomDate(random_);
  }
  if (event.kind() == v1::ENTITY_EVENT_KIND_RENAMED) event.set_new_name("another");
  if (event.kind() == v1::ENTITY_EVENT_KIND_SUCCEEDED) {
    event.set_successor(absl::StrCat("entities/e", Below(entities_, random_)));
  }
  return Mutate<v1::MutateEntityResponse>(world_, "EntityService/RecordEntityEvent", request);
}

bool RandomLife::CorrectEntity() {
  const std::string name = absl::StrCat("entities/e", Below(entities_, random_));
  const auto row = world_.Call<v1::GetEntityResponse>("EntityService/GetEntity", Named<v1::GetEntityRequest>(name));
  if (!row.ok()) return false;
  v1::CorrectEntityRequest request;
  request.set_etag(row->entity().etag());
  request.mutable_entity()->set_name(name);
  request.mutable_entity()->set_uscc(SyntheticUscc(static_cast<uint64_t>(Below(kUsccs, random_))));
  request.mutable_update_mask()->add_paths("uscc");
  return Mutate<v1::MutateEntityResponse>(world_, "EntityService/CorrectEntity", request);
}

bool RandomLife::ChangeTitle() {
  const std::string name = absl::StrCat("indications/t", Below(titles_, random_));
  const auto row =
      world_.Call<v1::GetIndicationResponse>("IndicationService/GetIndication", Named<v1::GetIndicationRequest>(name));
  if (!row.ok()) return false;
  auto request = Named<v1::RecordIndicationEventRequest>(name);
  request.set_etag(row->indication().etag());
  v1::TitleEvent& event = *request.mutable_event();
  event.set_kind(static_cast<v1::TitleEventKind>(1 + Below(10, random_)));
  if (event.kind() == v1::TITLE_EVENT_KIND_ANNULMENT) {
    event.set_annuls(absl::StrCat("e", 1 + Below(4, random_)));
  } else if (event.kind() == v1::TITLE_EVENT_KIND_REVOKED || event.kind() == v1::TITLE_EVENT_KIND_INVALIDATED) {
    *event.mutable_announced_on() = RandomDate(random_);
  } else if (event.kind() == v1::TITLE_EVENT_KIND_SURRENDERED) {
    event.set_law_version(row->indication().kind() == v1::INDICATION_KIND_CERTIFICATION_MARK
                              ? v1::LAW_VERSION_TRADEMARK_2019
                              : v1::LAW_VERSION_GI_PRODUCT_2024);
    *event.mutable_received_on() = RandomDate(random_);
    *event.mutable_announced_on() = RandomDate(random_);
  } else {
    *event.mutable_effective_from() = RandomDate(random_);
  }
  if (event.kind() == v1::TITLE_EVENT_KIND_TRANSFERRED) event.set_new_holder("entities/e0");
  if (row->indication().goods_size() > 1 && OneIn(3, random_)) event.add_items("g1");
  return Mutate<v1::MutateIndicationResponse>(world_, "IndicationService/RecordIndicationEvent", request);
}

bool RandomLife::CorrectGrant() {
  if (grants_ == 0) return false;
  const std::string name = absl::StrCat("authorizations/g", Below(grants_, random_) * 7 % kMostGrants);
  const auto row = world_.Call<v1::GetAuthorizationResponse>("AuthorizationService/GetAuthorization",
                                                             Named<v1::GetAuthorizationRequest>(name));
  if (!row.ok()) return false;
  v1::CorrectAuthorizationRequest request;
  request.set_etag(row->authorization().etag());
  request.mutable_authorization()->set_name(name);
  request.mutable_authorization()->mutable_scope()->add_varieties(OneIn(2, random_) ? "龙滩柚" : "沙田柚");
  request.mutable_update_mask()->add_paths("scope");
  return Mutate<v1::MutateAuthorizationResponse>(world_, "AuthorizationService/CorrectAuthorization", request);
}

bool RandomLife::ChangeGrant() {
  if (grants_ == 0) return false;
  const std::string name = absl::StrCat("authorizations/g", Below(grants_, random_) * 7 % kMostGrants);
  const auto row = world_.Call<v1::GetAuthorizationResponse>("AuthorizationService/GetAuthorization",
                                                             Named<v1::GetAuthorizationRequest>(name));
  if (!row.ok()) return false;
  const auto verb = [&](auto request, const char* method, auto... fill) {
    request.set_name(name);
    request.set_etag(row->authorization().etag());
    if constexpr (requires { request.mutable_effective_from(); }) {
      *request.mutable_effective_from() = RandomDate(random_);
    }
    (fill(request), ...);
    return Mutate<v1::MutateAuthorizationResponse>(world_, absl::StrCat("AuthorizationService/", method), request);
  };
  switch (Below(9, random_)) {
    case 0:
      return verb(v1::SuspendAuthorizationRequest(), "SuspendAuthorization");
    case 1:
      return verb(v1::ReinstateAuthorizationRequest(), "ReinstateAuthorization");
    case 2:
      return verb(v1::RemoveAuthorizationRequest(), "RemoveAuthorization",
                  [](auto& request) { request.set_ground(v1::REMOVAL_GROUND_OWN_REQUEST); });
    case 3:
      return verb(v1::RefuseAuthorizationRequest(), "RefuseAuthorization",
                  [](auto& request) { request.add_refusal_reasons("no"); });
    case 4:
      return verb(v1::GrantAuthorizationRequest(), "GrantAuthorization", [this](auto& request) {
        *request.mutable_validity()->mutable_from() = request.effective_from();
        *request.mutable_validity()->mutable_to() = RandomDate(random_);
      });
    case 5:
      return verb(v1::ExtendAuthorizationRequest(), "ExtendAuthorization",
                  [this](auto& request) { *request.mutable_valid_to() = RandomDate(random_); });
    case 6:
      return verb(v1::SetAuthorizationLogoRequest(), "SetAuthorizationLogo",
                  [](auto& request) { request.set_permitted(true); });
    default:
      return verb(v1::AnnulAuthorizationEventRequest(), "AnnulAuthorizationEvent",
                  [this](auto& request) { request.set_event(absl::StrCat("e", 1 + Below(5, random_))); });
  }
}

v1::CheckAuthorizationRequest RandomQuestion(Random& random) {
  v1::CheckAuthorizationRequest request;
  switch (Below(10, random)) {
    case 0:
      request.set_uscc("110101190101010296");  // shaped like a resident's number
      break;
    case 1:
      request.set_uscc("9350O155MA5TEXT11L");
      break;
    case 2:
    case 3:
    case 4:
      request.set_entity(absl::StrCat("entities/e", Below(kMostEntities + 1, random)));
      break;
    default:
      request.set_uscc(SyntheticUscc(static_cast<uint64_t>(Below(kUsccs + 1, random))));
  }
  request.set_indication(absl::StrCat("indications/t", Below(kMostTitles + 1, random)));
  request.set_goods(OneOf(kGoods, random));
  request.set_variety(OneOf(kVarieties, random));
  request.set_place(OneOf(kPlaces, random));
  if (OneIn(4, random)) request.set_nice_class(30 + Below(3, random));
  if (!OneIn(5, random)) *request.mutable_date() = RandomDate(random);
  return request;
}

}  // namespace gi::service
