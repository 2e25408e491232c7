// All rows of a list as one range, fetched page by page.
#ifndef GI_CLIENT_PAGER_H_
#define GI_CLIENT_PAGER_H_

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace gi::client {

// A range to go through once:
//   for (absl::StatusOr<Entity>& entity : client.ListAllEntities(request)) { if (!entity.ok()) return entity.status();
//   … }
// Page tokens keep all pages at the revision and business date of the first, whatever is written meanwhile. An error is
// the last element. Not thread-safe; holds what it needs of the client.
template <class Item>
class Pager {
 public:
  struct Page {
    std::vector<Item> items;
    // Empty: the last page.
    std::string next_page_token;
  };
  using Fetch = std::function<absl::StatusOr<Page>(const std::string& page_token)>;

  // The first page is fetched with `page_token`, when begin() is called.
  Pager(Fetch fetch, std::string page_token) : fetch_(std::move(fetch)), page_token_(std::move(page_token)) {}

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = absl::StatusOr<Item>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;

    reference operator*() const { return *pager_->current_; }
    pointer operator->() const { return &*pager_->current_; }
    iterator& operator++() {
      if (!pager_->Advance()) pager_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) { return a.pager_ == b.pager_; }

   private:
    friend class Pager;
    explicit iterator(Pager* pager) : pager_(pager) {}
    Pager* pager_;
  };

  iterator begin() { return iterator(Advance() ? this : nullptr); }
  iterator end() { return iterator(nullptr); }

 private:
  // Moves to the next element; false if there is none.
  bool Advance() {
    while (position_ == page_.items.size()) {
      if (last_) return false;
      absl::StatusOr<Page> page = fetch_(page_token_);
      last_ = !page.ok() || page->next_page_token.empty();
      position_ = 0;
      if (!page.ok()) {
        page_ = Page();
        current_.emplace(std::move(page).status());
        return true;
      }
      page_ = *std::move(page);
      page_token_ = page_.next_page_token;
    }
    current_.emplace(std::move(page_.items[position_++]));
    return true;
  }

  Fetch fetch_;
  std::string page_token_;
  Page page_;
  size_t position_ = 0;
  bool last_ = false;
  std::optional<absl::StatusOr<Item>> current_;
};

}  // namespace gi::client

#endif  // GI_CLIENT_PAGER_H_
