/** Playbooks without a mistake that together use every keyword and form. */
export const validPlaybooks: Readonly<Record<string, string>> = {
  'one play at the root': `
name: site
vars: {a: 1}
hosts: [web, "!old"]
become: yes
tags: [a, b]
environment: [{PATH: /bin}, "{{ more }}"]
module_defaults: {copy: {mode: '0644'}}
steps:
  - ping:
  - ansible.builtin.command: ls creates=/x
  - {command: {argv: [ls, "{{ x }}"]}}
`,
  'several plays and every form of coordination': `
name: deploy
params: {version: {type: string, default: '1'}}
vars: {root: /srv}
events: {ready: {}, approved: {external: true}, other: }
semaphores: {registry: 5, disk: {permits: 2, scope: host, on_lost: release, lost_after: 5m}}
locks: {deploy: , rack: {scope: global}}
plays:
  - id: db
    hosts: db
    serial: [1, 25%]
    max_fail_percentage: 20
    steps:
      - {id: migrate, command: ./migrate, lock: deploy, set: ready}
      - wait: [ready, {event: approved, timeout: 5m, on_timeout: continue}]
      - {ping: , clear: {event: ready, after: first}}
  - hosts: web
    needs: [db]
    order: sorted
    strategy: linear
    gather_facts: no
    gather_subset: [network]
    force_handlers: yes
    any_errors_fatal: "{{ strict }}"
    pre_tasks: [{ping: }]
    steps:
      - {id: pull, shell: docker pull x, semaphore: {name: registry, permits: 2, timeout: 30}}
      - {id: up, needs: [pull, {step: pull, hosts: all, accept: ended}], ping: , lock: {name: rack, key: "{{ r }}"}}
      - {wait: other, set: [ready, other]}
    post_tasks:
`,
  'every keyword of a step': `
hosts: all
vars_files: []
steps:
  - name: all of them
    copy: {path: /x, backup: "{{ b }}", port: 22}
    when: [a, true]
    loop: "{{ items }}"
    loop_control: {loop_var: one, index_var: i, label: "{{ one }}", pause: 0.5, extended: yes, break_when: x}
    register: out
    notify: [restart, "{{ which }}"]
    until: ok
    retries: "{{ n }}"
    delay: 300ms
    backoff: 1.5
    timeout: 1h30m
    ignore_errors: "{{ i }}"
    ignore_unreachable: true
    changed_when: false
    failed_when: [a, b]
    check_mode: no
    diff: on
    become: "{{ b }}"
    become_method: sudo
    become_user: root
    become_password: "{{ p }}"
    environment: "{{ env }}"
    delegate_to: "{{ other }}"
    delegate_facts: true
    run_once: true
    no_log: true
    tags: a,b
    vars: {x: 1}
    args: {mode: '0600'}
    throttle: 2
    any_errors_fatal: true
    connection: local
    remote_user: x
    port: 2222
    module_defaults: {}
handlers:
  - {name: restart, service: {name: x, state: restarted}, listen: [web]}
  - when: go
    block:
      - {name: reload, ping: }
`,
  'blocks and old forms': `
hosts: all
tasks:
  - name: a block
    block:
      - block: [{ping: }]
        rescue: [{ping: }]
      - action: copy src=a dest=/b
      - local_action: {module: copy, dest: /x}
      - {copy: "{{ all }}"}
      - {copy: {mode: "{{ m }}"}, args: "{{ rest }}"}
      - copy: src=a dest=/b backup=yes
      - {ping: , with_items: [1]}
      - {ping: , with_subelements: ["{{ a }}", b]}
      - meta: flush_handlers
      - systemd: {name: x, state: "{{ s }}"}
      - service:
          name: x
          state: started
    rescue: [{debug: {var: out}}]
    always: [{debug: {msg: [1, {a: 2}]}}]
    when: a
    become: yes
`,
  'a list of plays': `
- name: first
  hosts: all
  vars:
  become: yes
  tasks:
    - name:
      ping:
      when:
    - ansible.builtin.command: ls
      register: out
  handlers:
- hosts: web
`,
};
