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

	/**
	 * Gives slots back.
	 * @param count how many
	 * @return whether all are free now
	 */
	synchronized boolean give(int count) {
		this.free += count;
		return this.free == this.all;
	}

}
