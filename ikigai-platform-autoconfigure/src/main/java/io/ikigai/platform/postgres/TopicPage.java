package io.ikigai.platform.postgres;

import java.util.List;

import io.ikigai.platform.pubsub.TopicMessage;
import org.jspecify.annotations.Nullable;

/**
 * Some messages of a window, in order.
 *
 * @param to the snapshot at the end of the window
 * @param capped whether there is more beyond it already
 * @param rows the messages
 * @param last whether no more follow in the window
 * @param swept the sweep that may have deleted messages of the window, if one has
 * @param rewound whether the server knows less than when the window began: a standby has
 * taken over that had not received everything, or a backup
 */
record TopicPage(String to, boolean capped, List<Row> rows, boolean last, @Nullable String swept, boolean rewound) {

	long lastId() {
		return this.rows.get(this.rows.size() - 1).id();
	}

	/**
	 * A message.
	 *
	 * @param id its place in the order
	 * @param bytes how large it is
	 * @param message the message
	 */
	record Row(long id, int bytes, TopicMessage message) {
	}

}
