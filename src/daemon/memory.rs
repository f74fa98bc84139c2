//! What each thread holds of the heap: the system's allocator, counting. A render is stopped by it before a hostile chart
//! takes the memory of the process.

#![expect(
    unsafe_code,
    reason = "an allocator is unsafe by nature; each call goes to the system's, with the same arguments"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What the system's allocator needs for itself beside each allocation, about.
const OVERHEAD: i64 = 16;

thread_local! {
    /// Bytes allocated less bytes freed by this thread; negative where it frees what others allocated.
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// Bytes of the heap that the current thread allocated and that have not been freed.
pub(super) fn held() -> u64 {
    let held = HELD.try_with(Cell::get).unwrap_or_default();
    u64::try_from(held).unwrap_or_default()
}

fn count(bytes: i64) {
    // While a thread ends, its storage may be gone; nobody asks any more then.
    let _ = HELD.try_with(|held| held.set(held.get().wrapping_add(bytes)));
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Lets the allocator take memory from the system in steps of a megabyte, not of a page, on threads other than the first:
/// a render takes a dozen, and each step is a system call that stops the others. What is not touched costs nothing.
pub fn take_larger_steps() {
    settings::take_larger_steps();
}

/// For a process that renders once and ends: the heaps are reserved in one step each, and backed by huge pages.
/// A render otherwise takes thousands of page faults and dozens of system calls that stop its other threads, a quarter of
/// its time. What is not touched costs nothing; where the system refuses any of it, nothing changes.
pub fn expect_one_render() {
    settings::expect_one_render();
}

/// Called first on each thread that works for a render.
pub(super) fn begin_thread() {
    settings::begin_thread();
}

#[cfg(target_env = "gnu")]
mod settings {
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Address space for a heap, in bytes: what glibc gives to the heap of a thread, and aligns it to.
    const HEAP: usize = 64 << 20;
    const HEAP_NUMBER: i32 = 64 << 20;
    /// A huge page on x86-64 and most others.
    const HUGE_PAGE: usize = 2 << 20;
    /// More than a new process has left of its heap.
    const FIRST: usize = 512 << 10;

    static IS_ONE_RENDER: AtomicBool = AtomicBool::new(false);

    fn set(settings: &[(libc::c_int, libc::c_int)]) {
        for (name, value) in settings {
            // SAFETY: two numbers; the allocator changes its settings under its own lock, and refuses what it does not know.
            unsafe { libc::mallopt(*name, *value) };
        }
    }

    pub fn take_larger_steps() {
        set(&[
            (libc::M_TOP_PAD, 1 << 20),
            (libc::M_TRIM_THRESHOLD, 4 << 20),
            (libc::M_MMAP_THRESHOLD, 1 << 20),
        ]);
    }

    pub fn expect_one_render() {
        set(&[
            (libc::M_TOP_PAD, HEAP_NUMBER),
            (libc::M_TRIM_THRESHOLD, 2 * HEAP_NUMBER),
            (libc::M_MMAP_THRESHOLD, 4 << 20),
        ]);
        IS_ONE_RENDER.store(true, Ordering::Relaxed);
        // The heap grows by the step set above.
        let first = Vec::<u8>::with_capacity(FIRST);
        let start = (first.as_ptr() as usize).next_multiple_of(HUGE_PAGE);
        prefer_huge_pages(start, HEAP - HUGE_PAGE);
    }

    pub fn begin_thread() {
        if IS_ONE_RENDER.load(Ordering::Relaxed) {
            let somewhere = Box::new([0u8; 2048]);
            let start = (std::ptr::from_ref(&*somewhere) as usize) & !(HEAP - 1);
            prefer_huge_pages(start, HEAP);
        }
    }

    fn prefer_huge_pages(start: usize, length: usize) {
        // SAFETY: advice on pages, which changes no content; a range that is not mapped is an error without effect.
        unsafe { libc::madvise(start as *mut libc::c_void, length, libc::MADV_HUGEPAGE) };
    }
}

/// Other allocators have their own ways.
#[cfg(not(target_env = "gnu"))]
mod settings {
    pub fn take_larger_steps() {}
    pub fn expect_one_render() {}
    pub fn begin_thread() {}
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: memory comes from and goes back to `System` alone; counting touches a thread-local integer that needs neither
// initialisation nor destruction, so it never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()) + OVERHEAD);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()) + OVERHEAD);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-signed(layout.size()) - OVERHEAD);
        // SAFETY: as above; `pointer` came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_freed_is_no_longer_held() {
        let before = held();
        let mut text = vec![1u8; 1 << 20];
        assert!(held() >= before + (1 << 20));
        text.extend_from_slice(&[2; 1 << 20]);
        assert!(held() >= before + (2 << 20));
        drop(text);
        assert!(held() <= before + 1024);
    }

    #[test]
    fn threads_count_for_themselves() {
        let kept = vec![1u8; 1 << 20];
        let others = std::thread::spawn(held).join().unwrap();
        assert!(others < 1 << 20);
        drop(kept);
    }
}
