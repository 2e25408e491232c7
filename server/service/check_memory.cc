#include "server/service/check_memory.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/domain/uscc.h"
#include "server/service/check_answer.h"
#include "server/service/division_reader.h"
#include "storage/base/status_macros.h"

namespace gi::service {
namespace {

using projection::Place;
using projection::Projection;
using registry::v1::CheckAuthorizationRequest;
using registry::v1::CheckAuthorizationResponse;

constexpr absl::string_view kTitles = "indications/";
constexpr size_t kPlainLength = 64;

// The entity of a question: its place, or what is wrong with its code.
struct Subject {
  Place place = 0;
  std::optional<domain::UsccJudgement> uscc;
};

Subject FindSubject(const Projection& projection, const Projection::Version& version,
                    const CheckAuthorizationRequest& request) {
  Subject subject;
  if (request.has_entity()) {
    subject.place = projection.FindEntity(absl::StripPrefix(request.entity(), "entities/"), version);
    return subject;
  }
  // A code that an entity has was found right when it was recorded.
  subject.place = projection.FindEntityByUscc(request.uscc(), version);
  if (subject.place != 0) return subject;
  subject.uscc = domain::ClassifyUscc(request.uscc(),
                                      [&](absl::string_view code) { return projection.KnowsCounty(code, version); });
  if (domain::IsUsableUscc(subject.uscc->verdict)) {
    subject.place = projection.FindEntityByUscc(subject.uscc->normalized, version);
  }
  return subject;
}

// Divisions as the rows of a version have them; opened only if something asks.
class LazyDivisions {
 public:
  LazyDivisions(const registry::Registry& registry, const Projection::Version& version)
      : registry_(registry), version_(version) {}

  absl::StatusOr<const registry::v1::Division*> Find(absl::string_view code) {
    if (!reader_) {
      ASSIGN_OR_RETURN(view_, registry_.AtCommit({version_.revision, "", version_.commit_time_us}));
      reader_.emplace(view_->rows());
    }
    return reader_->Find(code);
  }

 private:
  const registry::Registry& registry_;
  const Projection::Version& version_;
  std::optional<registry::ReadView> view_;
  std::optional<DivisionReader> reader_;
};

}  // namespace

bool IsForMemory(const CheckAuthorizationRequest& request) {
  return request.entity_name().empty() && absl::StartsWith(request.indication(), kTitles);
}

bool IsPlainText(const std::string& text) {
  return text.size() <= kPlainLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool IsPlain(const CheckAuthorizationRequest& request) {
  if (request.has_read_at() || request.view() > registry::v1::CHECK_VIEW_FULL || request.view() < 0) return false;
  if (!request.place().empty() || request.nice_class() < 0 || request.nice_class() > 45) return false;
  if (request.subject_case() == CheckAuthorizationRequest::SUBJECT_NOT_SET || request.indication().empty())
    return false;
  const std::string& subject = request.has_uscc() ? request.uscc() : request.entity();
  if (!IsPlainText(subject) || !IsPlainText(request.indication()) || !IsPlainText(request.goods()) ||
      !IsPlainText(request.variety()) || !IsPlainText(request.entity_name())) {
    return false;
  }
  if (HasUnknownFields(request)) return false;
  if (!request.has_date()) return true;
  return ToDay(request.date()).has_value() && !HasUnknownFields(request.date());
}

absl::StatusOr<bool> AnswerFromMemory(const registry::Registry& registry, const Projection& projection,
                                      const Projection::Version& version, const Question& question,
                                      CheckAuthorizationResponse& response) {
  const CheckAuthorizationRequest& request = *question.request;
  const Place title = projection.FindTitle(absl::StripPrefix(request.indication(), kTitles), version);
  const Subject subject = FindSubject(projection, version, request);
  domain::CheckFacts facts;
  domain::EntityFacts entity;
  projection::GrantList grants;
  if (title != 0) facts.title = projection.TitleAt(title, version);
  if (subject.place != 0) {
    if (!projection.EntityAt(subject.place, version, entity)) return false;
    facts.entity = &entity;
  }
  if (title != 0 && subject.place != 0) {
    if (!projection.GrantsOf(title, subject.place, version, grants)) return false;
    facts.grants = grants;
  }
  if (subject.uscc) {
    facts.identifier = subject.uscc->verdict;
    facts.proposal = subject.uscc->proposal;
  }
  LazyDivisions divisions(registry, version);
  ASSIGN_OR_RETURN(
      const domain::Decision decision,
      DecideQuestion(facts, question, [&divisions](absl::string_view code) { return divisions.Find(code); }));
  FillVerdict(decision, response);
  if (subject.uscc) {
    response.set_uscc(subject.uscc->masked);
  } else if (request.has_uscc()) {
    response.set_uscc(request.uscc());
  }
  return true;
}

}  // namespace gi::service
