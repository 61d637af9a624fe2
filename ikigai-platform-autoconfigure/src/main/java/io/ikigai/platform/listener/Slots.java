package io.ikigai.platform.listener;

/**
 * How many workers of a listener may begin.
 */
final class Slots {

	private final int all;

	private int free;

	Slots(int all) {
		this.all = all;
		this.free = all;
	}

	synchronized int takeAll() {
		int taken = this.free;
		this.free = 0;
		return taken;
	}

	synchronized boolean takeOne() {
		if (this.free == 0) {
			return false;
		}
		this.free--;
		return true;
	}

	synchronized boolean allFree() {
		return this.free == this.all;
	}

	synchronized void give(int count) {
		this.free += count;
	}

}
