#include "server/service/application/deadline_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/domain/application/application_deadlines.h"
#include "server/domain/application/derive.h"
#include "server/domain/clock/icalendar.h"
#include "server/service/language.h"
#include "server/service/read.h"

namespace gi::service {
namespace {

using registry::v1::Deadline;
using registry::v1::DeadlineFilter;
using rpc::CallContext;
using Laws = std::shared_ptr<const domain::LawLibrary>;

constexpr size_t kMostExported = 10'000;

template <class List, class Value>
bool AllowedBy(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool Passes(const DeadlineFilter& filter, const domain::DeadlineRun& run, registry::v1::Party party,
            absl::string_view rule_id, Day day) {
  const registry::v1::DeadlineState state = domain::StateOn(run, day);
  if (state == registry::v1::DEADLINE_STATE_UNSPECIFIED || !AllowedBy(filter.states(), int{state})) return false;
  const Day from = ToDay(filter.due().from()).value_or(kFirstDay), to = ToDay(filter.due().to()).value_or(kLastDay);
  return run.due >= from && run.due <= to && AllowedBy(filter.parties(), int{party}) &&
         AllowedBy(filter.rules(), rule_id);
}

std::string NameOf(bool is_title, const std::string& id) {
  return domain::ResourceName(is_title ? domain::kIndicationCollection : domain::kApplicationCollection, id);
}

// Where a deadline stands: the row, and its place among the deadlines of the row.
struct Hit {
  Day due;
  bool is_title;
  const std::string* id;
  size_t place;
  friend bool operator<(const Hit& a, const Hit& b) {
    return std::tie(a.due, a.is_title, *a.id, a.place) < std::tie(b.due, b.is_title, *b.id, b.place);
  }
};

void AddHits(const std::vector<domain::DeadlineFact>& deadlines, const std::string& id, bool is_title,
             const DeadlineFilter& filter, Day day, std::vector<Hit>& hits) {
  for (size_t place = 0; place < deadlines.size(); ++place) {
    const domain::DeadlineFact& fact = deadlines[place];
    if (Passes(filter, fact.run, fact.party, fact.rule_id, day)) hits.push_back({fact.run.due, is_title, &id, place});
  }
}

// All hits among the facts, but for applications to which something happened after the day: their ids go into `later`.
std::vector<Hit> FindHits(const domain::Facts& facts, const DeadlineFilter& filter, Day day,
                          std::vector<const std::string*>& later) {
  std::vector<Hit> hits;
  for (size_t i = 0; i < facts.applications.size(); ++i) {
    const domain::ApplicationFact& fact = facts.applications[i];
    if (!filter.office().empty() && fact.office != filter.office()) continue;
    if (fact.last_event > day) {
      later.push_back(&facts.application_ids[i]);
    } else {
      AddHits(fact.deadlines, facts.application_ids[i], false, filter, day, hits);
    }
  }
  for (size_t i = 0; i < facts.titles.size() && filter.office().empty(); ++i) {
    AddHits(facts.titles[i].deadlines, facts.title_ids[i], true, filter, day, hits);
  }
  return hits;
}

// Those of applications as they were known on the day.
absl::Status AddEarlierHits(const table::RowReader& rows, const domain::LawLibrary& laws,
                            const std::vector<const std::string*>& ids, const DeadlineFilter& filter, Day day,
                            std::vector<Hit>& hits) {
  for (const std::string* id : ids) {
    ASSIGN_OR_RETURN(const auto row, registry::kApplications.Get(rows, *id));
    if (!row) continue;
    const domain::ApplicationCourse course(row->message, laws, day);
    const std::vector<domain::Deadline> deadlines = domain::DeadlinesOf(course, laws, domain::Explain::kNo);
    for (size_t place = 0; place < deadlines.size(); ++place) {
      const domain::Deadline& one = deadlines[place];
      if (Passes(filter, one.run, one.rule->party(), one.rule->rule_id(), day)) {
        hits.push_back({one.run.due, false, id, place});
      }
    }
  }
  return absl::OkStatus();
}

// All deadlines of a row, explained; by its deadlines' order, with what filters and orders them.
struct Explained {
  domain::DeadlineRun run;
  Deadline message;
};
absl::StatusOr<std::vector<Explained>> ExplainRow(const table::RowReader& rows, const domain::LawLibrary& laws,
                                                  const std::string& name, Day day) {
  std::vector<Explained> messages;
  if (absl::StartsWith(name, "indications/")) {
    ASSIGN_OR_RETURN(const auto title, ReadNamed<registry::v1::Indication>(rows, name, "filter.subject"));
    for (const domain::Deadline& one : domain::DeadlinesOf(title.message, laws)) {
      messages.push_back({one.run, domain::ToMessage(title.message, one, day)});
    }
    return messages;
  }
  ASSIGN_OR_RETURN(const auto application, ReadNamed<registry::v1::Application>(rows, name, "filter.subject"));
  const domain::ApplicationCourse course(application.message, laws, day);
  for (const domain::Deadline& one : domain::DeadlinesOf(course, laws)) {
    messages.push_back({one.run, domain::ToMessage(application.message, one, day)});
  }
  return messages;
}

// The list of one row, which needs no index.
absl::StatusOr<DeadlineList> OfSubject(const registry::ReadView& view, const domain::LawLibrary& laws,
                                       const DeadlineFilter& filter, Day day, size_t first, size_t limit) {
  ASSIGN_OR_RETURN(std::vector<Explained> all, ExplainRow(view.rows(), laws, filter.subject(), day));
  std::stable_sort(all.begin(), all.end(),
                   [](const Explained& a, const Explained& b) { return a.run.due < b.run.due; });
  DeadlineList list;
  for (Explained& one : all) {
    if (!filter.office().empty() && one.message.office() != filter.office()) continue;
    if (!Passes(filter, one.run, one.message.party(), one.message.rule_id(), day)) continue;
    if (list.total >= first && list.deadlines.size() < limit) list.deadlines.push_back(std::move(one.message));
    ++list.total;
  }
  return list;
}

absl::StatusOr<registry::v1::ListDeadlinesResponse> List(const registry::Registry& registry, const Figures& figures,
                                                         PastFigures& past, const CallContext& context,
                                                         const registry::v1::ListDeadlinesRequest& request) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, request.page_size(), request.page_token(),
                                       std::move(first_view), RequestDate(registry, request)));
  const size_t first = FirstHit(page);
  ASSIGN_OR_RETURN(DeadlineList list,
                   ReadDeadlines(page.view, figures, past, request.filter(), page.date, first, page.limit));
  registry::v1::ListDeadlinesResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  *response.mutable_date() = ToDate(page.date);
  response.set_total(static_cast<int32_t>(list.total));
  const size_t next = first + list.deadlines.size();
  for (Deadline& one : list.deadlines) *response.add_deadlines() = std::move(one);
  if (next < list.total) response.set_next_page_token(TokenOfHit(registry, page, next));
  return response;
}

absl::StatusOr<registry::v1::ComputeDeadlineResponse> Compute(const registry::Registry& registry,
                                                              const registry::v1::ComputeDeadlineRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const Laws laws, ReadLaws(view.rows(), view.derived()));
  FieldViolations violations;
  if (request.has_start() == request.has_service()) {
    violations.Add("start", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", request.has_start() ? "set beside service" : "absent"},
                    {"expected", "either start or service"},
                    {"expected_zh", "start 与 service 二者之一"}});
  }
  if (request.has_service()) domain::CheckService(request.service(), request.law(), *laws, "service", violations);
  RETURN_IF_ERROR(violations.ToStatus());
  std::optional<domain::Served> start;
  if (request.has_service()) {
    start = domain::ServedOn(request.service(), request.law(), *laws);
  } else {
    start = domain::Served{*ToDay(request.start()), {}};
  }
  ASSIGN_OR_RETURN(domain::Deadline deadline,
                   domain::ComputeDeadline(request.rule_id(), request.law(), start->day, *laws));
  deadline.end.steps.insert(deadline.end.steps.begin(), start->steps.begin(), start->steps.end());
  registry::v1::ComputeDeadlineResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  *response.mutable_deadline() = domain::ToMessage(deadline, "", RequestDate(registry, request));
  return response;
}

absl::StatusOr<registry::v1::ExportDeadlinesResponse> Export(const registry::Registry& registry, const Figures& figures,
                                                             PastFigures& past,
                                                             const registry::v1::ExportDeadlinesRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const Language language, LanguageNamed(request.language()));
  const Day day = RequestDate(registry, request);
  // Counted first: explaining is what takes time.
  ASSIGN_OR_RETURN(DeadlineList list, ReadDeadlines(view, figures, past, request.filter(), day, 0, 0));
  if (list.total > kMostExported) {
    return MakeError(ErrorReason::ERROR_REASON_TOO_MANY_ROWS,
                     {{"count", absl::StrCat(list.total)}, {"limit", absl::StrCat(kMostExported)}});
  }
  ASSIGN_OR_RETURN(list, ReadDeadlines(view, figures, past, request.filter(), day, 0, kMostExported));
  registry::v1::ExportDeadlinesResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  response.set_content(domain::ToICalendar(list.deadlines, view.HistoryIdText() + ".registry.gi",
                                           absl::FromUnixMicros(view.commit_time_us().value_or(0)), language));
  response.set_media_type("text/calendar; charset=utf-8");
  response.set_file_name(absl::StrCat("deadlines-", FormatDay(day), ".ics"));
  return response;
}

}  // namespace

absl::StatusOr<DeadlineList> ReadDeadlines(const registry::ReadView& view, const Figures& figures, PastFigures& past,
                                           const DeadlineFilter& filter, Day day, size_t first, size_t limit) {
  ASSIGN_OR_RETURN(const Laws laws, ReadLaws(view.rows(), view.derived()));
  if (!filter.subject().empty()) return OfSubject(view, *laws, filter, day, first, limit);
  DeadlineList list;
  std::vector<std::pair<std::string, size_t>> wanted;  // names and places
  const absl::Status found =
      search::AskIndex(figures, past, view, [&](const search::FigureIndex& index) -> absl::Status {
        std::vector<const std::string*> later;
        std::vector<Hit> hits = FindHits(index.facts(), filter, day, later);
        RETURN_IF_ERROR(AddEarlierHits(view.rows(), *laws, later, filter, day, hits));
        list.total = hits.size();
        const size_t end = std::min(hits.size(), first + std::min(limit, hits.size()));
        std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(end), hits.end());
        for (size_t i = first; i < end; ++i) wanted.push_back({NameOf(hits[i].is_title, *hits[i].id), hits[i].place});
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(found);
  absl::flat_hash_map<std::string, std::vector<Explained>> explained;
  for (const auto& [name, place] : wanted) {
    const auto [row, is_new] = explained.try_emplace(name);
    if (is_new) {
      ASSIGN_OR_RETURN(row->second, ExplainRow(view.rows(), *laws, name, day));
    }
    list.deadlines.push_back(row->second[place].message);
  }
  return list;
}

void RegisterDeadlineService(registry::Registry& registry, const Figures& figures, std::shared_ptr<PastFigures> past,
                             rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.DeadlineService/";
  methods.AddRead<registry::v1::ListDeadlinesRequest, registry::v1::ListDeadlinesResponse>(
      service + "ListDeadlines", [&registry, &figures, past](const CallContext& context, const auto& request) {
        return List(registry, figures, *past, context, request);
      });
  methods.AddRead<registry::v1::ComputeDeadlineRequest, registry::v1::ComputeDeadlineResponse>(
      service + "ComputeDeadline",
      [&registry](const CallContext&, const auto& request) { return Compute(registry, request); });
  methods.AddRead<registry::v1::ExportDeadlinesRequest, registry::v1::ExportDeadlinesResponse>(
      service + "ExportDeadlines", [&registry, &figures, past](const CallContext&, const auto& request) {
        return Export(registry, figures, *past, request);
      });
}

}  // namespace gi::service
