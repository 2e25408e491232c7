// How much of what comparing all names finds the index finds, and how long it takes. See README.md beside this file.
//   search_benchmark DATA_FOLDER [NAMES] [QUERIES_OF_A_KIND]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_format.h"
#include "server/search/name_index.h"
#include "tests/benchmark/name_variants.h"

namespace gi::benchmark {
namespace {

constexpr size_t kTop = 10;
// Searches for each one that is also made by comparing all.
constexpr size_t kTimedOnly = 20;

std::vector<uint32_t> Top(std::vector<search::NameHit> hits) {
  std::sort(hits.begin(), hits.end(), [](const search::NameHit& a, const search::NameHit& b) {
    return std::tuple(-a.likeness.score, *a.name, a.owner) < std::tuple(-b.likeness.score, *b.name, b.owner);
  });
  std::vector<uint32_t> owners;
  for (size_t i = 0; i < std::min(kTop, hits.size()); ++i) owners.push_back(hits[i].owner);
  return owners;
}

struct Figures {
  size_t queries = 0, hoped_for = 0, found = 0, meant = 0;
  std::vector<double> ms;

  void Add(const Figures& other) {
    queries += other.queries;
    hoped_for += other.hoped_for;
    found += other.found;
    meant += other.meant;
    ms.insert(ms.end(), other.ms.begin(), other.ms.end());
  }
};

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

void Print(const char* what, const Figures& figures) {
  absl::PrintF("%-26s %8d %9.3f %9.3f %8.2f %8.2f %8.2f\n", what, figures.queries,
               static_cast<double>(figures.found) / static_cast<double>(std::max<size_t>(figures.hoped_for, 1)),
               static_cast<double>(figures.meant) / static_cast<double>(std::max<size_t>(figures.queries, 1)),
               Quantile(figures.ms, 0.5), Quantile(figures.ms, 0.99), Quantile(figures.ms, 1));
}

Figures Measure(const search::NameIndex& index, const std::vector<std::string>& names, const VariantKind& kind,
                size_t queries, Random& random) {
  Figures figures;
  std::uniform_int_distribution<uint32_t> any(0, static_cast<uint32_t>(names.size() - 1));
  for (size_t tries = 0; figures.queries < queries && tries < queries * kTimedOnly * 20; ++tries) {
    const uint32_t meant = any(random);
    const std::string query = kind.make(names[meant], random);
    if (query.empty()) continue;
    const auto start = std::chrono::steady_clock::now();
    const std::vector<search::NameHit> hits = index.Search(query);
    figures.ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    if (figures.ms.size() % kTimedOnly != 0) continue;
    const std::vector<uint32_t> found = Top(hits);
    const std::vector<uint32_t> best = Top(index.CompareAll(query));
    ++figures.queries;
    figures.hoped_for += best.size();
    for (const uint32_t owner : best) figures.found += std::count(found.begin(), found.end(), owner) > 0 ? 1 : 0;
    figures.meant += std::count(found.begin(), found.end(), meant) > 0 ? 1 : 0;
  }
  return figures;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "search_benchmark DATA_FOLDER [NAMES] [QUERIES_OF_A_KIND]\n");
    return 2;
  }
  const size_t count = argc > 2 ? static_cast<size_t>(std::atol(argv[2])) : 100'000;
  const size_t queries = argc > 3 ? static_cast<size_t>(std::atol(argv[3])) : 20;
  const std::vector<std::string> names = Names(argv[1], count);
  search::NameIndex index;
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < names.size(); ++i) index.Put(static_cast<uint32_t>(i), {names[i]});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  absl::PrintF("%d names, put into the index in %.1f s; one thread\n", names.size(), seconds);
  absl::PrintF(
      "recall: of the %d best by comparing all names. meant: the name that the query was made of is among them\n",
      kTop);
  absl::PrintF("%-26s %8s %9s %9s %8s %8s %8s\n", "variant", "queries", "recall@10", "meant", "p50 ms", "p99 ms",
               "max ms");
  Random random(500155);
  Figures all;
  for (const VariantKind& kind : VariantKinds()) {
    const Figures figures = Measure(index, names, kind, queries, random);
    Print(kind.name, figures);
    all.Add(figures);
  }
  Print("all", all);
  return 0;
}

}  // namespace
}  // namespace gi::benchmark

int main(int argc, char** argv) { return gi::benchmark::Main(argc, argv); }
