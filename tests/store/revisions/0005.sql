UPDATE corpus SET fingerprint = 'kept', loaded_at = '2024-02-29 12:00:00.000000', source_count = 1, entry_count = 4, statement_count = 4, concept_count = 1;
INSERT INTO item (id, position) VALUES ('source:one', 0), ('topic:one', 1), ('reading:one', 2), ('action:one', 3), ('contact:one', 4);
INSERT INTO alias (item_id, position, text, language) VALUES ('topic:one', 0, 'sujet', 'fr');
INSERT INTO work (id, type, title, issued, container, volume, issue, pages, publisher, place, url, language, note) VALUES
  ('source:one', 'book', 'The Book', '2019', '', '', '', '', 'A press', '', 'https://example.org/', 'en', ''),
  ('reading:one', 'document', 'The Report', '', '', '', '', '', '', '', '', '', '');
INSERT INTO author (work_id, position, family, given, literal) VALUES
  ('source:one', 0, 'Doe', 'Jo', ''), ('source:one', 1, '', '', 'A collective');
INSERT INTO source (id, short, long, licence_name, licence_attribution, licence_uri, licence_commercial, licence_note) VALUES
  ('source:one', 'Short.', 'Long.', 'CC BY 4.0', 'Jo Doe', '', NULL, '');
INSERT INTO section (source_id, position, id, title, text) VALUES ('source:one', 0, 'first', 'First', 'Summary.');
INSERT INTO manifestation (source_id, position, title, note, url) VALUES ('source:one', 0, 'Page', 'as printed', '');
INSERT INTO source_caveat (source_id, position, text) VALUES ('source:one', 0, 'The notes are lost.');
INSERT INTO entry (id, kind, title, content_note, caveat) VALUES
  ('topic:one', 'summary', 'Topic', '', ''), ('reading:one', 'reading', 'Reading', '', ''),
  ('action:one', 'action', 'Action', 'raids', ''), ('contact:one', 'contact', 'Contact', '', '');
INSERT INTO statement (entry_id, position, text, said_by, source_id, section_id, paragraph)
  SELECT id, 0, 'Said.', 'the book', 'source:one', 'first', '3-4' FROM entry;
INSERT INTO note (id, type) VALUES ('topic:one', 'topic');
INSERT INTO item_topic (item_id, position, topic_id) VALUES ('reading:one', 0, 'topic:one');
INSERT INTO action (id, audience) VALUES ('action:one', 'Readers');
INSERT INTO action_actor (action_id, position, actor) VALUES ('action:one', 0, 'ally');
INSERT INTO contact (id, region, checked_on, checked_in, police) VALUES ('contact:one', 'Somewhere', '2024-02-29', 'the book', FALSE);
INSERT INTO contact_email (contact_id, position, email) VALUES ('contact:one', 0, 'a@example.org');
INSERT INTO contact_phone (contact_id, position, phone) VALUES ('contact:one', 0, '+1 416 555 0100');
INSERT INTO contact_url (contact_id, position, url) VALUES ('contact:one', 0, 'https://example.org/');
INSERT INTO contact_language (contact_id, position, language) VALUES ('contact:one', 0, 'en');
INSERT INTO concept (id, position) VALUES ('raid', 0);
INSERT INTO concept_word (concept_id, position, text, language) VALUES ('raid', 0, 'descente', 'fr');
INSERT INTO question_words (language, position) VALUES ('en', 0);
INSERT INTO stop_word (language, position, text) VALUES ('en', 0, 'what');
INSERT INTO cue (language, position, kind, text) VALUES ('en', 0, 'contact', 'phone');
INSERT INTO community (platform, id, answers, suggestions, queue, two, police) VALUES
  ('discord', '1', 'room', FALSE, '', FALSE, FALSE), ('matrix', '!room', NULL, TRUE, '!queue', TRUE, TRUE);
INSERT INTO prompt (item_id, section_id, why) VALUES ('source:one', 'first', 'It is short.'), ('reading:one', '', 'It is long.');
INSERT INTO prompt_question (item_id, section_id, position, text) VALUES
  ('source:one', 'first', 0, 'What for?'), ('reading:one', '', 0, 'For whom?'), ('reading:one', '', 1, 'By whom?');
INSERT INTO schedule (id, owner_platform, owner_id, number, platform, place_id, minute, zone, days, kinds, topics, source, draw_order, thread, language, mention, tell, paused, paused_until, round, shown, next_day, due, trouble, version) VALUES
  ('a', 'discord', '1', 3, 'discord', '22', 545, 'America/Toronto', '0123', 'action reading', 'topic:one topic:two', '', 'shuffled', TRUE, 'fr', '333', '44', TRUE, '2024-03-04', 2, 'ab12 c-_3', '2024-03-04', '2024-03-04 14:05:00.000000', 'forbidden:Send Messages', 7),
  ('b', NULL, NULL, 1, 'matrix', '!room', 0, 'UTC', '0123456', '', '', 'source:one', 'series', FALSE, 'en', '', '', FALSE, NULL, 0, '', NULL, NULL, 'finished', 0);
INSERT INTO delivery (id, schedule_id, platform, day, what, number, item, due, state, free_at, claim, identity, tried_at, attempts, message_id, problem, settled_at) VALUES
  (1, 'a', 'discord', '2024-02-28', 'prompt', 0, 'reading:one', '2024-02-28 14:05:00.000000', 'sent', '2024-02-28 14:05:30.000000', '', '5', NULL, 1, '66', '', '2024-02-28 14:05:02.000000'),
  (2, 'a', 'discord', '2024-02-29', 'extra', 1, 'action:one', '2024-02-29 14:05:00.000000', 'pending', '2024-02-29 14:06:00.000000', 'token', '5', '2024-02-29 14:05:01.500000', 2, '', 'unreachable', NULL);
UPDATE zone_data SET version = '2024a';
INSERT INTO own_item (community_platform, community_id, id, position, seed, version, changed_at, checked_on, removed) VALUES
  ('matrix', '!room', 'contact:ours', 0, '{"id":"contact:ours","title":"Nôtre","urls":["https://example.org/"]}', 2, '2024-02-29 12:00:00.000000', '2024-02-28', FALSE),
  ('matrix', '!room', 'reading:gone', 1, '{"id":"reading:gone","work":{"url":"https://example.org/gone"}}', 1, '2024-02-27 12:00:00.000000', '2024-02-27', TRUE);
INSERT INTO own_link (community_platform, community_id, item_id, address, outcome, looked_at, detail, failures) VALUES
  ('matrix', '!room', 'contact:ours', 'https://example.org/', 'gone', '2024-02-29 13:00:00.000000', '404', 2);
INSERT INTO hidden_item (community_platform, community_id, item_id) VALUES ('matrix', '!room', 'topic:one');
INSERT INTO act (id, community_platform, community_id, deed, subject, done_by, at, version, seed) VALUES
  (1, 'matrix', '!room', 'added', 'contact:ours', '@a:b', '2024-02-28 12:00:00.000000', 1, '{"id":"contact:ours"}'),
  (2, 'matrix', '!room', 'hidden', 'topic:one', '', '2024-02-29 12:00:00.000000', 0, NULL);
INSERT INTO suggestion (community_platform, community_id, id, seed, at, locale, suggested_by, tell_platform, tell_id, standing, seconded_by, settled_by, settled_at, reason, item, queue_platform, queue_id, message_id, version) VALUES
  ('matrix', '!room', 's1', '{"title":"Read this"}', '2024-02-28 12:00:00.000000', 'fr', '@m:b', 'matrix', '!direct', 'pending', '@a:b', '', NULL, '', '', 'matrix', '!queue', '$card', 2),
  ('matrix', '!room', 's2', '{"title":"And this"}', '2024-02-27 12:00:00.000000', 'en', '', NULL, NULL, 'declined', '', '@a:b', '2024-02-28 12:00:00.000000', 'We have it.', '', NULL, NULL, '', 3);
INSERT INTO card (community_platform, community_id, id, place_platform, place_id, item, at, note, locale, state, message_id, fingerprint, version) VALUES
  ('matrix', '!room', 'c1', 'matrix', '!other', 'contact:ours', '2024-02-29 12:00:00.000000', 'New!', 'fr', 'posted', '$post', 'ab12', 2);
INSERT INTO offer (community_platform, community_id, code, ends_at) VALUES ('matrix', '!room', 'code', '2024-03-07 12:00:00.000000');
INSERT INTO departure (community_platform, community_id, at) VALUES ('matrix', '!room', '2024-02-29 12:00:00.000000');
